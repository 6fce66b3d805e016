using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Observability.Audit;
using Rag.Observability.Redaction;
using Rag.Observability.Storage;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Audit;

/// <summary>The parts of an audit trail, put together as the service does, with a journal in a folder of its own.</summary>
internal sealed class AuditBench : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TemporaryFolder _folder = new();
    private ObservabilityDatabase? _database;

    public AuditBench(string? connectionString, byte[]? key = null, TimeProvider? time = null, ILoggerFactory? loggers = null, int capacity = 1000)
    {
        Chain = new AuditChain(key);
        Time = time ?? TimeProvider.System;
        Trail = new AuditTrail(loggers ?? NullLoggerFactory.Instance, new Redactor(), Time, Microsoft.Extensions.Options.Options.Create(new AuditOptions { QueueCapacity = capacity }), "rag-test");
        Reopen(connectionString);
    }

    public TimeProvider Time { get; }

    public AuditChain Chain { get; }

    public AuditTrail Trail { get; }

    public AuditJournal Journal { get; private set; } = null!;

    public AuditStore? Store { get; private set; }

    public AuditWriter Writer { get; private set; } = null!;

    public string Folder => _folder;

    public AuditReport Report { get; private set; } = null!;

    /// <summary>As after a restart of the process: the same folder, everything else anew.</summary>
    public void Reopen(string? connectionString)
    {
        Journal?.Dispose();
        Journal = new AuditJournal(_folder, Chain, Time);
        _database = connectionString is null ? null : new ObservabilityDatabase(NpgsqlDataSource.Create(connectionString), NullLogger<SqlMigrator>.Instance);
        Store = _database is null ? null : new AuditStore(_database, Chain);
        Report = new AuditReport(Store, Journal);
        Writer = new AuditWriter(
            Trail, Journal, Store, new AuditOptions(), new AuditTelemetry(_services.GetRequiredService<IMeterFactory>()), Time, NullLogger<AuditWriter>.Instance);
    }

    public Task<bool> WriteAsync() => Writer.WriteAsync(CancellationToken.None);

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await _database!.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Writer.Dispose();
        Report.Dispose();
        Journal.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
