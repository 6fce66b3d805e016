using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rag.Core.Storage;
using Rag.Observability;
using Rag.Observability.Errors;
using Rag.Observability.Storage;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Storage;

[Collection(PostgresFixture.Collection)]
public sealed class SqlMigratorTests(PostgresFixture server) : IAsyncLifetime
{
    private static readonly SqlMigration First = SqlMigration.From("0001_first.sql", "create table app.first (n integer);\n");
    private static readonly SqlMigration Second = SqlMigration.From("0002_second.sql", "insert into app.first values (2);");
    private static readonly SqlMigration Third = SqlMigration.From("0003_third.sql", "insert into app.first values (3);");
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync() => _database = NpgsqlDataSource.Create(server.Server.ConnectionString(await server.CreateDatabaseAsync()));

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Each_migration_is_applied_once_and_the_missing_ones_follow()
    {
        Assert.Equal(2, await ApplyAsync(First, Second));
        Assert.Equal(0, await ApplyAsync(First, Second));
        Assert.Equal(1, await ApplyAsync(First, Second, Third));
        Assert.Equal([2, 3], await RowsAsync());
    }

    [Fact]
    public async Task A_number_that_comes_late_is_applied_all_the_same()
    {
        await ApplyAsync(First, Third);
        Assert.Equal(1, await ApplyAsync(First, Second, Third));
    }

    [Fact]
    public async Task Many_processes_at_once_take_turns()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ApplyAsync(First, Second, Third)));

        Assert.Equal(3, applied.Sum());
        Assert.Equal([2, 3], await RowsAsync());
    }

    [Fact]
    public async Task A_migration_that_was_changed_after_it_was_applied_is_refused_by_name()
    {
        await ApplyAsync(First);
        var failure = await Assert.ThrowsAsync<InternalException>(() => ApplyAsync(SqlMigration.From("0001_first.sql", "create table app.first (n bigint);")));

        Assert.Contains("0001_first", failure.Message, StringComparison.Ordinal);
        Assert.Contains("changed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_endings_are_no_change()
    {
        await ApplyAsync(First);
        Assert.Equal(0, await ApplyAsync(SqlMigration.From("0001_first.sql", First.Sql.Replace("\n", "\r\n", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_of_itself_and_does_not_keep_the_lock()
    {
        var broken = SqlMigration.From("0002_second.sql", "insert into app.first values (2); select 1 / 0;");
        await Assert.ThrowsAsync<PostgresException>(() => ApplyAsync(First, broken));

        Assert.Empty(await RowsAsync());
        Assert.Equal(1, await ApplyAsync(First, Second));
    }

    [Theory]
    [InlineData("first.sql")]
    [InlineData("_first.sql")]
    [InlineData("0000_first.sql")]
    [InlineData("1x_first.sql")]
    public void A_file_without_a_number_is_refused(string name) => Assert.Throws<InvalidOperationException>(() => SqlMigration.From(name, ""));

    [Fact]
    public void The_migrations_of_each_library_have_numbers_of_their_own()
    {
        Assert.NotEmpty(SqlMigration.Of(typeof(RagDatabase).Assembly));
        SqlMigration.Of(typeof(TelemetryNames).Assembly);
    }

    private Task<int> ApplyAsync(params SqlMigration[] migrations) =>
        new SqlMigrator(_database, "app", typeof(SqlMigratorTests).Assembly, NullLogger.Instance).ApplyAsync(migrations, CancellationToken.None);

    private async Task<List<int>> RowsAsync()
    {
        await using var connection = await _database.OpenConnectionAsync();
        return await connection.QueryAsync("select n from app.first order by n", [], reader => reader.GetInt32(0), CancellationToken.None);
    }
}
