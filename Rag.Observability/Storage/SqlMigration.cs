using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Observability.Storage;

/// <summary>One numbered SQL file of an assembly: <c>…/Migrations/0001_documents.sql</c>, embedded as a resource.</summary>
/// <param name="Number">Place in the order in which migrations are applied, from 1.</param>
/// <param name="Name">What the file name says behind the number.</param>
/// <param name="Sql">Statements, run as one batch in one transaction.</param>
/// <param name="Checksum">SHA-256 of the statements in lower-case hexadecimal, the same whatever line endings the checkout has.</param>
internal sealed record SqlMigration(int Number, string Name, string Sql, string Checksum)
{
    private const string Folder = ".Migrations.";
    private const string Extension = ".sql";

    /// <returns>The assembly's migrations in ascending order.</returns>
    /// <exception cref="InvalidOperationException">A file is not named <c>NNNN_name.sql</c>, or two files share a number.</exception>
    public static IReadOnlyList<SqlMigration> Of(Assembly assembly)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => Read(assembly, name))
            .OrderBy(migration => migration.Number)
            .ToList();

        var twice = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? migrations
            : throw new InvalidOperationException(
                $"Two migrations of {assembly.GetName().Name} have the number {twice.Key:0000}: {string.Join(" and ", twice.Select(m => m.Name))}. Give the newer one the next free number.");
    }

    internal static SqlMigration From(string fileName, string sql)
    {
        var separator = fileName.IndexOf('_', StringComparison.Ordinal);
        if (separator < 1 || !int.TryParse(fileName.AsSpan(0, separator), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            throw new InvalidOperationException($"The migration `{fileName}` is not named NNNN_name.sql.");

        var checksum = SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n")));
        return new SqlMigration(number, fileName[(separator + 1)..^Extension.Length], sql, Convert.ToHexStringLower(checksum));
    }

    private static SqlMigration Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var fileName = resource[(resource.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..];
        return From(fileName, reader.ReadToEnd());
    }
}
