using Aspire.Hosting;
using RagObservability.AppHost;

namespace Rag.Tests.Unit.Hosting;

public sealed class DataFolderTests
{
    [Fact]
    public void Belongs_to_one_at_a_time()
    {
        using var temporary = new TemporaryFolder();
        using (var first = new DataFolder(temporary["data"], fresh: false))
        {
            first.Open();
            using var second = new DataFolder(temporary["data"], fresh: false);

            var refused = Assert.Throws<DistributedApplicationException>(second.Open);

            Assert.Contains(temporary["data"], refused.Message, StringComparison.Ordinal);
            Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
        }

        using var third = new DataFolder(temporary["data"], fresh: false);
        third.Open();
    }

    [Fact]
    public void A_secret_is_made_once_and_only_the_owner_reads_it()
    {
        using var temporary = new TemporaryFolder();
        string made;
        using (var data = new DataFolder(temporary["data"], fresh: false)) made = data.Secret("s");

        using var again = new DataFolder(temporary["data"], fresh: false);
        Assert.Equal(made, again.Secret("s"));
        Assert.NotEqual(made, again.Secret("other"));
        Assert.Equal(32, made.Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(again.Folder("s")));
    }

    [Fact]
    public void Fresh_empties_what_an_AppHost_made()
    {
        using var temporary = new TemporaryFolder();
        string made;
        using (var data = new DataFolder(temporary["data"], fresh: false))
        {
            made = data.Secret("s");
            Directory.CreateDirectory(data.Folder("postgres"));
        }

        using var fresh = new DataFolder(temporary["data"], fresh: true);
        fresh.Open();

        Assert.False(Directory.Exists(fresh.Folder("postgres")));
        Assert.NotEqual(made, fresh.Secret("s"));
    }

    [Fact]
    public void Fresh_never_empties_a_folder_of_somebody_else()
    {
        using var temporary = new TemporaryFolder();
        File.WriteAllText(temporary["thesis.txt"], "years of work");
        using var data = new DataFolder(temporary.Path, fresh: true);

        Assert.Throws<DistributedApplicationException>(data.Open);

        Assert.True(File.Exists(temporary["thesis.txt"]));
    }
}
