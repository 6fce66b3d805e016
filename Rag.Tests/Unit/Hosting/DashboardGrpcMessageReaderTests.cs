using System.Buffers.Binary;
using System.IO.Pipelines;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.Protos;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;

namespace Rag.Tests.Unit.Hosting;

public sealed class DashboardGrpcMessageReaderTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public void WhatIsWrittenIsReadBack_HoweverTheBytesArrive()
    {
        var texts = Gen.Elements("", "a", "söme text", new string('x', 3000)).ListOf().ToArbitrary();
        var chunks = Gen.Choose(1, 700).ListOf().ToArbitrary();
        Prop.ForAll(texts, chunks, (messages, sizes) => RoundTripAsync([.. messages], [.. sizes]).WaitAsync(Bound).GetAwaiter().GetResult())
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task EmptyMessage_IsAMessage_AndTheEndIsNot()
    {
        var reader = await ReaderOfAsync([0, 0, 0, 0, 0]);

        Assert.NotNull(await reader.ReadAsync(ApplicationInformationRequest.Parser, CancellationToken.None));
        Assert.Null(await reader.ReadAsync(ApplicationInformationRequest.Parser, CancellationToken.None));
    }

    [Fact]
    public async Task OversizeMessage_IsRefusedByItsHeader_BeforeItArrives()
    {
        var pipe = new Pipe();
        var header = new byte[5];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), 101);
        await pipe.Writer.WriteAsync(header);

        var refused = await Assert.ThrowsAsync<GrpcException>(() =>
            new GrpcMessageReader(pipe.Reader, maxMessageSize: 100).ReadAsync(ResourceCommandRequest.Parser, CancellationToken.None).AsTask().WaitAsync(Bound));

        Assert.Equal(GrpcStatus.ResourceExhausted, refused.Status);
        Assert.Contains("101", refused.Message);
    }

    [Fact]
    public async Task MessageOfExactlyTheLimit_IsAccepted()
    {
        var message = new ResourceCommandRequest { CommandName = new string('x', 98) };
        Assert.Equal(100, message.CalculateSize());
        var reader = await ReaderOfAsync(await FramedAsync(message), maxMessageSize: 100);

        Assert.Equal(message, await reader.ReadAsync(ResourceCommandRequest.Parser, CancellationToken.None));
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, (int)GrpcStatus.Unimplemented)]
    [InlineData(new byte[] { 0, 0, 0 }, (int)GrpcStatus.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1, 2 }, (int)GrpcStatus.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xFF, 0xFF }, (int)GrpcStatus.Internal)]
    [InlineData(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, (int)GrpcStatus.ResourceExhausted)]
    public async Task MalformedStream_EndsWithAStatus(byte[] bytes, int status)
    {
        var reader = await ReaderOfAsync(bytes);

        var refused = await Assert.ThrowsAsync<GrpcException>(() => reader.ReadAsync(ResourceCommandRequest.Parser, CancellationToken.None).AsTask());

        Assert.Equal((GrpcStatus)status, refused.Status);
    }

    [Theory]
    [InlineData("1S", 1000)]
    [InlineData("250m", 250)]
    [InlineData("2M", 120_000)]
    [InlineData("99999999H", 99_999_999 * 3_600_000.0)]
    [InlineData("5000000n", 5)]
    [InlineData("7000u", 7)]
    public void Timeout_IsRead(string value, double milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    [InlineData("5x")]
    public void SenselessTimeout_IsNone(string? value) => Assert.False(GrpcTimeout.TryParse(value, out _));

    private static async Task RoundTripAsync(string[] texts, int[] chunkSizes)
    {
        var messages = texts.Select(text => new ResourceCommandRequest { CommandName = text, ResourceName = text }).ToList();
        var bytes = await FramedAsync([.. messages]);
        var pipe = new Pipe();
        var writing = Task.Run(async () =>
        {
            var sent = 0;
            foreach (var size in chunkSizes.Append(int.MaxValue))
            {
                var chunk = bytes.AsMemory(sent, Math.Min(size, bytes.Length - sent));
                await pipe.Writer.WriteAsync(chunk);
                sent += chunk.Length;
                await Task.Yield();
            }

            await pipe.Writer.CompleteAsync();
        });
        var reader = new GrpcMessageReader(pipe.Reader);
        foreach (var message in messages)
        {
            Assert.Equal(message, await reader.ReadAsync(ResourceCommandRequest.Parser, CancellationToken.None));
        }

        Assert.Null(await reader.ReadAsync(ResourceCommandRequest.Parser, CancellationToken.None));
        await writing;
    }

    private static async Task<byte[]> FramedAsync(params IMessage[] messages)
    {
        var memory = new MemoryStream();
        var pipe = PipeWriter.Create(memory);
        var writer = new GrpcMessageWriter(pipe);
        foreach (var message in messages)
        {
            await writer.WriteAsync(message, CancellationToken.None);
        }

        return memory.ToArray();
    }

    private static async Task<GrpcMessageReader> ReaderOfAsync(byte[] bytes, int maxMessageSize = GrpcMessageReader.DefaultMaxMessageSize)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(bytes);
        await pipe.Writer.CompleteAsync();
        return new GrpcMessageReader(pipe.Reader, maxMessageSize);
    }
}
