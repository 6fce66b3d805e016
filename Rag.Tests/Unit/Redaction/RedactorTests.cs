using Rag.Observability.Redaction;

namespace Rag.Tests.Unit.Redaction;

public sealed class RedactorTests
{
    private readonly Redactor _redactor = new();

    [Theory]
    [InlineData("password=hunter2 user=anna", "password=[redacted] user=anna")]
    [InlineData("Password=hunter2;Host=db", "Password=[redacted];Host=db")]
    [InlineData("""{"api-key":"hunter2","n":1}""", """{"api-key":"[redacted]","n":1}""")]
    [InlineData("""{"a":{"clientSecret": "hun\"ter2"},"b":2}""", """{"a":{"clientSecret": "[redacted]"},"b":2}""")]
    [InlineData("Authorization: Bearer hunter2hunter2, x=1", "Authorization: [redacted], x=1")]
    [InlineData("Authorization: Basic aHVudGVyMg==", "Authorization: [redacted]")]
    [InlineData("sent Bearer hunter2hunter2 to it", "sent Bearer [redacted] to it")]
    [InlineData("Cookie: a=hunter2; b=hunter2", "Cookie: [redacted]")]
    [InlineData("postgres://anna:hunter2@db:5432/rag", "postgres://anna:[redacted]@db:5432/rag")]
    [InlineData("key eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_1 end", "key [redacted] end")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2\n-----END RSA PRIVATE KEY-----", "[redacted]")]
    [InlineData("paid with 4111 1111 1111 1111 today", "paid with [redacted] today")]
    [InlineData("from anna.b@example.com to us", "from [redacted] to us")]
    [InlineData("?token=hunter2&limit=5", "?token=[redacted]&limit=5")]
    [Trait("Seed", "S1")]
    [Trait("Seed", "S2")]
    [Trait("Seed", "S4")]
    public void Secrets_go_and_their_keys_and_neighbours_stay(string text, string expected) => Assert.Equal(expected, _redactor.Redact(text));

    [Theory]
    [InlineData("token_count=5 keys=3 monkey: banana")]
    [InlineData("12345678901234567")]
    [InlineData("The document 3f2a: 12 chunks, score=0.81")]
    [InlineData("at Rag.Core.Jobs.JobLease.Renew() in JobLease.cs:line 41")]
    public void Ordinary_text_stays_as_it_is(string text) => Assert.Equal(text, _redactor.Redact(text));

    [Fact]
    [Trait("Seed", "S7")]
    [Trait("Seed", "S10")]
    public void Structures_are_masked_in_place_at_any_depth_whatever_the_case_of_the_key()
    {
        var value = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["User"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["PassWord"] = "hunter2", ["Name"] = "Anna" },
            ["Items"] = new object?[] { new Dictionary<string, object?>(StringComparer.Ordinal) { ["X-API-KEY"] = 7 }, "secret=hunter2" },
        };

        var masked = Assert.IsType<Dictionary<string, object?>>(_redactor.Redact("body", value));

        var user = Assert.IsType<Dictionary<string, object?>>(masked["User"]);
        Assert.Equal((Redactor.Mask, "Anna"), (user["PassWord"], user["Name"]));
        var items = Assert.IsType<List<object?>>(masked["Items"]);
        Assert.Equal(Redactor.Mask, Assert.IsType<Dictionary<string, object?>>(items[0])["X-API-KEY"]);
        Assert.Equal("secret=[redacted]", items[1]);
        Assert.Equal("hunter2", ((Dictionary<string, object?>)value["User"]!)["PassWord"]);
    }

    [Fact]
    [Trait("Seed", "S6")]
    public void What_cannot_be_examined_is_not_shown_and_nothing_is_thrown()
    {
        object? loop = null;
        var map = new Dictionary<string, object?>(StringComparer.Ordinal) { ["self"] = null };
        map["self"] = map;
        loop = _redactor.Redact("loop", map);

        Assert.NotNull(loop);
        Assert.Equal("[not shown]", _redactor.Redact("x", new Unprintable()));
        Assert.True(_redactor.Redact(new string('a', 100_000)).Length <= 64 * 1024);
    }

    [Fact]
    public void Hostile_text_takes_no_exponential_time()
    {
        // Each of these would make a backtracking pattern work for hours; here the result alone is the proof.
        Assert.NotNull(_redactor.Redact(new string('a', 60_000) + "="));
        Assert.NotNull(_redactor.Redact(string.Concat(Enumerable.Repeat("a.", 30_000)) + "@"));
        Assert.NotNull(_redactor.Redact("password=\"" + new string('\\', 60_000)));
        Assert.NotNull(_redactor.Redact(new string('1', 60_000)));
    }

    private sealed class Unprintable
    {
        public override string ToString() => throw new InvalidOperationException("hunter2");
    }
}
