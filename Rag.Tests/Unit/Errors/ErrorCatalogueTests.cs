using System.Reflection;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Errors;

public sealed class ErrorCatalogueTests
{
    private static readonly IReadOnlyList<Type> Exceptions =
        [.. typeof(RagException).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(RagException)))];

    [Fact]
    public void ErrorCatalogueDocument_is_up_to_date()
    {
        var file = Path.Combine(Repository.Root, "docs", "errors.md");
        var expected = ErrorCatalogueDocument.Render();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(file, expected);

        Assert.True(
            File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == expected,
            "docs/errors.md is not what the catalogue says. Run: UPDATE_DOCS=1 dotnet test Rag.Tests --filter ErrorCatalogueDocument");
    }

    [Fact]
    public void All_holds_every_entry_once_and_codes_are_unique()
    {
        var fields = typeof(ErrorCatalogue).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(ErrorDescriptor)).Select(f => (ErrorDescriptor)f.GetValue(null)!);

        Assert.Equal(fields.OrderBy(d => d.Code, StringComparer.Ordinal), ErrorCatalogue.All.OrderBy(d => d.Code, StringComparer.Ordinal));
        Assert.Equal(ErrorCatalogue.All.Count, ErrorCatalogue.All.Select(d => d.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(ErrorCatalogue.All, d => Assert.NotEmpty(d.Remedy));
    }

    [Fact]
    [Trait("Seed", "E9")]
    public void One_code_has_one_status()
    {
        Assert.Equal(422, ErrorCatalogue.Validation.StatusCode);
        Assert.Equal(400, ErrorCatalogue.MalformedRequest.StatusCode);
        Assert.All(ErrorCatalogue.All, d => Assert.Same(d, ErrorCatalogue.All.Single(other => other.Code == d.Code)));
    }

    [Fact]
    [Trait("Seed", "E10")]
    public void Where_a_retry_helps_the_catalogue_says_when_and_507_is_for_storage_alone()
    {
        Assert.All(ErrorCatalogue.All.Where(d => d.StatusCode is 429 or 503), d => Assert.NotNull(d.RetryAfter));
        Assert.All(ErrorCatalogue.All.Where(d => d.StatusCode is 400 or 401 or 403 or 404 or 409 or 422 or 500), d => Assert.Null(d.RetryAfter));
        Assert.Equal([ErrorCatalogue.StorageFull], ErrorCatalogue.All.Where(d => d.StatusCode == 507));
        Assert.Equal(429, new ResourceExhaustedException("Full.").Descriptor.StatusCode);
    }

    [Fact]
    [Trait("Seed", "E1")]
    public void Every_exception_takes_details()
    {
        RagException[] all =
        [
            new AuthenticationException("a") { Details = Some() }, new AuthorizationException("a") { Details = Some() }, new ConflictException("a") { Details = Some() },
            new DatabaseException("a") { Details = Some() }, new EmbeddingServiceException("a") { Details = Some() }, new GenerationException("a") { Details = Some() },
            new InternalException("a") { Details = Some() }, new NotFoundException("a") { Details = Some() }, new RateLimitedException("a") { Details = Some() },
            new ResourceExhaustedException("a") { Details = Some() }, new ServiceUnavailableException("a") { Details = Some() },
            new UnsupportedMediaTypeException("a", [".txt"]) { Details = Some() }, new ValidationException("field", "a", "required") { Details = Some() }, new VectorDatabaseException("a") { Details = Some() },
        ];

        Assert.Equal(Exceptions.Select(t => t.Name).Order(StringComparer.Ordinal), all.Select(e => e.GetType().Name).Order(StringComparer.Ordinal));
        Assert.All(all, e => Assert.Equal(1, e.Details["n"]));

        static Dictionary<string, object?> Some() => new(StringComparer.Ordinal) { ["n"] = 1 };
    }

    [Fact]
    [Trait("Seed", "E2")]
    public void No_incomplete_exception_can_be_thrown()
    {
        // The base is abstract and takes its descriptor in the constructor; every other type is sealed, so that the compiler enforces it.
        Assert.True(typeof(RagException).IsAbstract);
        Assert.All(typeof(RagException).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public),
            c => Assert.Equal(typeof(ErrorDescriptor), c.GetParameters()[0].ParameterType));
        Assert.All(Exceptions, t => Assert.True(t.IsSealed, t.Name));
    }

    [Fact]
    [Trait("Seed", "E3")]
    public void The_cause_is_the_inner_exception()
    {
        var cause = new IOException("disk");

        var exception = new DatabaseException("The database does not answer.", "SELECT 1", cause);

        Assert.Same(cause, exception.InnerException);
        Assert.Contains("disk", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "T12")]
    public void There_is_one_severity_and_one_category_and_severities_compare()
    {
        var names = AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name?.StartsWith("Rag.", StringComparison.Ordinal) == true)
            .SelectMany(a => a.GetTypes()).Where(t => t.Name is "ErrorSeverity" or "ErrorCategory").ToList();

        Assert.Equal([typeof(ErrorCategory), typeof(ErrorSeverity)], names.OrderBy(t => t.Name, StringComparer.Ordinal));
        Assert.True(ErrorSeverity.Emergency > ErrorSeverity.Critical && ErrorSeverity.Critical > ErrorSeverity.High && ErrorSeverity.High > ErrorSeverity.Low);
        Assert.All(Enum.GetValues<ErrorCategory>(), c => Assert.Equal(
            System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(c.ToString()), c.Name()));
        Assert.All(Enum.GetValues<ErrorSeverity>(), s => Assert.Equal(
            System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString()), s.Name()));
    }
}
