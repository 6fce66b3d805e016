using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Observability.Redaction;

namespace Rag.Tests.Unit.Redaction;

/// <summary>Values with structure keep it.</summary>
public sealed class RedactorStructureTests
{
    private readonly Redactor _redactor = new();

    [Theory]
    [Trait("Seed", "S10")]
    [InlineData("password")]
    [InlineData("PASSWORD")]
    [InlineData("Api-Key")]
    [InlineData("api_key")]
    [InlineData("apiKey")]
    [InlineData("X-Api-Key")]
    [InlineData("Auth__AdminKey")]
    [InlineData("db_pass")]
    [InlineData("smtpPass")]
    [InlineData("clientSecret")]
    [InlineData("refresh_token")]
    [InlineData("Authorization")]
    [InlineData("Set-Cookie")]
    [InlineData("user.credentials")]
    [InlineData("cvv")]
    public void Names_of_secrets_are_known_in_every_spelling(string name)
    {
        Assert.True(_redactor.IsSecretName(name));
        Assert.Equal(Redactor.Mask, _redactor.Redact(name, "hunter2"));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("tokens")]
    [InlineData("token_count")]
    [InlineData("FencingToken")]
    [InlineData("cancellationToken")]
    [InlineData("key")]
    [InlineData("keyword")]
    [InlineData("bypass")]
    [InlineData("author")]
    [InlineData("author_id")]
    [InlineData("assigned")]
    [InlineData("time_to_first_token")]
    public void Other_names_are_left_alone(string name) => Assert.Equal("hunter2", _redactor.Redact(name, "hunter2"));

    [Fact]
    [Trait("Seed", "S7")]
    [Trait("Seed", "S10")]
    public void Nested_maps_and_lists_keep_their_structure_and_the_original_stays()
    {
        var original = new Dictionary<string, object?>
        {
            ["user"] = "bob",
            ["login"] = new Dictionary<string, object?> { ["Password"] = "hunter2", ["attempt"] = 3 },
            ["items"] = new List<object?> { new Dictionary<string, object?> { ["api-key"] = "k", ["n"] = 1 }, "Bearer abcdef123456", null, true },
        };

        var redacted = JsonSerializer.Serialize(_redactor.Redact("body", original));

        Assert.Equal("""{"user":"bob","login":{"Password":"[redacted]","attempt":3},"items":[{"api-key":"[redacted]","n":1},"Bearer [redacted]",null,true]}""", redacted);
        Assert.Equal("hunter2", ((Dictionary<string, object?>)original["login"]!)["Password"]);
    }

    [Fact]
    [Trait("Seed", "S7")]
    public void Json_keeps_its_structure()
    {
        const string json = """{"a":{"secret":"x","n":1.5,"l":[{"token":"y"},2]},"password":null}""";
        const string expected = """{"a":{"secret":"[redacted]","n":1.5,"l":[{"token":"[redacted]"},2]},"password":null}""";

        Assert.Equal(expected, JsonSerializer.Serialize(_redactor.Redact("body", JsonDocument.Parse(json).RootElement)));
        Assert.Equal(expected, JsonSerializer.Serialize(_redactor.Redact("body", JsonNode.Parse(json))));
    }

    [Fact]
    [Trait("Seed", "S6")]
    public void What_cannot_be_examined_is_withheld()
    {
        var self = new Dictionary<string, object?>();
        self["self"] = self;

        Assert.Equal(Redactor.Withheld, _redactor.Redact("x", new Unprintable()));
        Assert.Equal(Redactor.Withheld, _redactor.Redact("x", Broken()));
        Assert.Contains(Redactor.Withheld, JsonSerializer.Serialize(_redactor.Redact("x", self)), StringComparison.Ordinal);

        static IEnumerable<string> Broken()
        {
            yield return "a";
            throw new InvalidOperationException("password=hunter2");
        }
    }

    [Fact]
    public void Records_and_pairs_are_redacted_as_text()
    {
        Assert.Equal("Login { User = bob, Password = [redacted] }", _redactor.Redact("x", new Login("bob", "correct horse")));
        Assert.Equal(12, _redactor.Redact("count", 12));
        Assert.Equal("""[{"password":"[redacted]"}]""", JsonSerializer.Serialize(_redactor.Redact("x", new[] { new Dictionary<string, string> { ["password"] = "p" } })));
    }

    private sealed record Login(string User, string Password);

    private sealed class Unprintable
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
