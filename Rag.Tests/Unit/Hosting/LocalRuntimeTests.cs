using System.Text.Json;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using RagObservability.AppHost.Runtime;

namespace Rag.Tests.Unit.Hosting;

public sealed class LocalRuntimeTests
{
    [Fact]
    public async Task Nothing_is_fetched_where_everything_is_ones_own()
    {
        using var temporary = new TemporaryFolder();
        var configuration = new ConfigurationManager
        {
            ["Runtime:ModelPath"] = "/model",
            ["Runtime:PostgresPath"] = "/postgres",
            ["ASPIRE_DCP_PATH"] = "/dcp",
            ["ASPIRE_DASHBOARD_PATH"] = "/dashboard",
        };
        var runtime = new LocalRuntime(temporary["absent"], configuration);

        await runtime.EnsureAsync(NullLogger.Instance, TimeProvider.System, CancellationToken.None);

        Assert.Equal(("/model", "/postgres"), (runtime.ModelPath, runtime.PostgresPath));
        Assert.Equal("/dcp", configuration["ASPIRE_DCP_PATH"]);
        Assert.False(Directory.Exists(temporary["absent"]));
    }

    [Fact]
    public async Task The_stamp_holds_for_one_lock_file_only()
    {
        using var temporary = new TemporaryFolder();
        Directory.CreateDirectory(temporary["node_modules"]);
        await File.WriteAllTextAsync(temporary["package-lock.json"], "{}");
        var stamp = new RuntimeStamp(temporary.Path);

        Assert.False(await stamp.IsCurrentAsync(CancellationToken.None));
        await stamp.WriteAsync(CancellationToken.None);
        Assert.True(await stamp.IsCurrentAsync(CancellationToken.None));

        await File.WriteAllTextAsync(temporary["package-lock.json"], "{ }");
        Assert.False(await stamp.IsCurrentAsync(CancellationToken.None));
    }

    [Fact]
    public void Links_are_restored_relative_and_a_second_time_does_no_harm()
    {
        using var temporary = new TemporaryFolder();
        Directory.CreateDirectory(temporary["native/lib"]);
        File.WriteAllText(temporary["native/lib/libx.so.1.2"], "library");
        File.WriteAllText(
            temporary["native/pg-symlinks.json"],
            JsonSerializer.Serialize(new[] { new { source = "native/lib/libx.so.1.2", target = "native/lib/libx.so" } }));

        PostgresLinks.Restore(temporary.Path);
        PostgresLinks.Restore(temporary.Path);

        Assert.Equal("libx.so.1.2", new FileInfo(temporary["native/lib/libx.so"]).LinkTarget);
        Assert.Equal("library", File.ReadAllText(temporary["native/lib/libx.so"]));
    }

    [Fact]
    public void The_lock_file_names_no_registry() =>
        Assert.DoesNotContain("resolved", File.ReadAllText(Path.Combine(Support.Repository.Root, "local", "runtime", "package-lock.json")), StringComparison.Ordinal);

    [Fact]
    public void A_half_written_kubeconfig_is_not_used()
    {
        using var temporary = new TemporaryFolder();
        using var certificate = DcpCertificate.Create(temporary.Path, TimeProvider.System);
        var authority = Convert.ToBase64String(File.ReadAllBytes(temporary["certificate.pem"]));
        var whole = $"clusters:\n- cluster:\n    certificate-authority-data: {authority}\n    server: https://127.0.0.1:1234\nusers:\n- user:\n    token: abc\n";

        Assert.Null(DcpConnection.Read(whole[..(whole.Length / 2)]));
        Assert.Null(DcpConnection.Read(whole[..^2]));
        var connection = DcpConnection.Read(whole);

        Assert.Equal(("https://127.0.0.1:1234/", "abc"), (connection!.Server.ToString(), connection.Token));
    }
}
