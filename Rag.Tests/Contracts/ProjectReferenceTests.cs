using System.Xml.Linq;
using Rag.Tests.Support;

namespace Rag.Tests.Contracts;

/// <summary>Who may see whom: the arrows of the house, and nothing else.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Rag.Observability"] = [],
        ["ServiceDefaults"] = ["Rag.Observability"],
        ["Rag.Core"] = ["Rag.Observability"],
        ["Rag.Api"] = ["Rag.Core", "ServiceDefaults"],
        ["Rag.EmbeddingWorker"] = ["Rag.Core", "ServiceDefaults"],
        ["Rag.Monitor"] = ["Rag.Observability", "ServiceDefaults"],
        ["Aspire.Hosting.Local"] = [],
        ["Qdrant.Local"] = ["ServiceDefaults"],
    };

    public static TheoryData<string> Projects => new(Allowed.Keys);

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_only_what_the_design_allows(string project)
    {
        var references = ProjectReferences(Repository.ProjectFile(project)).Select(r => r.Name).Order(StringComparer.Ordinal);

        Assert.Equal(Allowed[project].Order(StringComparer.Ordinal), references);
    }

    [Fact]
    public void AppHost_sees_services_as_resources_only()
    {
        var local = ProjectReferences(Repository.ProjectFile("AppHost"))
            .Where(r => !r.IsOfficialOnly && r.Name != "Aspire.Hosting.Local")
            .ToList();

        Assert.NotEmpty(local);
        Assert.All(local, r => Assert.Equal("false", r.ReferenceOutputAssembly));
    }

    [Fact]
    public void Every_project_of_the_house_is_covered()
    {
        string[] elsewhere = ["AppHost", "Rag.Tests", "Rag.Benchmarks"];
        var projects = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(p => !p.Contains("node_modules", StringComparison.Ordinal))
            .Select(p => Path.GetFileNameWithoutExtension(p)!);

        Assert.Equal(Allowed.Keys.Concat(elsewhere).Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<Reference> ProjectReferences(string projectFile) =>
        XDocument.Load(projectFile).Descendants("ProjectReference").Select(e => new Reference(
            Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value),
            e.Attribute("ReferenceOutputAssembly")?.Value,
            e.Parent?.Attribute("Condition")?.Value.Contains("'official'", StringComparison.Ordinal) == true));

    private sealed record Reference(string Name, string? ReferenceOutputAssembly, bool IsOfficialOnly);
}
