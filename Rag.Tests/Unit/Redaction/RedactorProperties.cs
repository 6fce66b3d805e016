using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Rag.Observability.Redaction;

namespace Rag.Tests.Unit.Redaction;

/// <summary>What holds for every text: secrets go, neighbours stay, twice is once, JSON stays JSON, nothing throws.</summary>
public sealed class RedactorProperties
{
    private static readonly string[] Fragments =
    [
        "password=", "\"token\":", "api-key: ", "Authorization: ", "Bearer ", "Basic ", "://", "user:", "@", "@host", ".com", "eyJ", "eyJhbGciOiJI.eyJ", "-----BEGIN ", "PRIVATE KEY-----",
        "-----END PRIVATE KEY-----", "4111 1111 1111 1111", "4111", "-", " ", "\"", "\\\"", "\\", "'", ";", ",", "{", "}", "[", "]", "=", ":", "&", "?key=", "\n", "secret", "Cookie: ", "a=b; c",
        "日本語", "🙂", "\uD800", "sk-", "ghp_", "[redacted]", "***", "card 5500-0000-0000-0004", "<password>", "--token ", "Host=x;Pwd=y z;", " = ", " }",
    ];

    private static readonly Gen<string> Texts =
        from parts in Gen.Elements(Fragments).ListOf()
        from noise in ArbMap.Default.GeneratorFor<string>().ListOf()
        from order in Gen.Shuffle(parts.Concat(noise.Where(n => n is not null)).ToArray())
        select string.Concat(order);

    private static readonly Gen<string> Secrets =
        from letters in Gen.Elements("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789".ToCharArray()).ArrayOf(24)
        select "Zq" + new string(letters);

    private static readonly Gen<string> Carriers = Gen.Elements(
        "password={0}", "{\"password\":\"{0}\"}", "Password = {0}", "api_key: {0}", "X-Api-Key: {0}", "apiKey='{0}'", "Authorization: Bearer {0}", "Authorization: {0}",
        "Cookie: sid={0}; a=b", "https://u:{0}@host/p", "redis://:{0}@host", "https://{0}@host", "Host=a;Password={0};Port=1", "?access_token={0}&a=b", "Bearer {0}", "sk-{0}", "ghp_{0}",
        "xoxb-{0}", "ragk_{0}", "eyJ{0}.{0}.{0}", "-----BEGIN PRIVATE KEY-----\n{0}\n-----END PRIVATE KEY-----", "--password {0}", "<secret>{0}</secret>", "[token, {0}]",
        "{\\\"client_secret\\\":\\\"{0}\\\"}", "{0}@example.com", "Login { User = a, Secret = {0} }");

    [Fact]
    public void A_secret_in_any_carrier_is_gone_and_the_neighbours_stay() => Prop.ForAll(
        (from secret in Secrets from carrier in Carriers from second in Carriers select (secret, carrier, second)).ToArbitrary(),
        sample =>
        {
            var text = "before " + sample.carrier.Replace("{0}", sample.secret, StringComparison.Ordinal) + " between "
                + sample.second.Replace("{0}", sample.secret, StringComparison.Ordinal) + "\nafter";
            var redacted = new Redactor().Redact(text);
            return !redacted.Contains(sample.secret, StringComparison.Ordinal) && redacted.StartsWith("before ", StringComparison.Ordinal)
                && redacted.Contains(" between ", StringComparison.Ordinal) && redacted.EndsWith("\nafter", StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Redacting_twice_changes_nothing_more() => Prop.ForAll(
        (from secret in Secrets from carriers in Carriers.ListOf() select string.Join(' ', carriers).Replace("{0}", secret, StringComparison.Ordinal)).ToArbitrary(),
        text =>
        {
            var once = new Redactor().Redact(text);
            return string.Equals(once, new Redactor().Redact(once), StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Nothing_fails() => Check(text => new Redactor().Redact(text) != Redactor.Withheld);

    [Fact]
    public void Json_stays_json() => Prop.ForAll(
        (from text in Texts from other in Texts select (text, other)).ToArbitrary(),
        sample =>
        {
            var json = JsonSerializer.Serialize(new Dictionary<string, object?>
            {
                ["password"] = sample.text,
                ["pin"] = 1234,
                ["tokens"] = new[] { 1, 2 },
                ["access_token"] = new { value = sample.other },
                ["note"] = "x",
            });
            using var parsed = JsonDocument.Parse(new Redactor().Redact(json));
            return parsed.RootElement.GetProperty("password").GetString() == (sample.text.Length == 0 ? "" : Redactor.Mask)
                && parsed.RootElement.GetProperty("pin").GetString() == Redactor.Mask
                && parsed.RootElement.GetProperty("note").GetString() == "x";
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Work_grows_with_the_text_and_not_with_its_square()
    {
        foreach (var fragment in Fragments)
        {
            var text = string.Concat(Enumerable.Repeat(fragment, 200_000 / fragment.Length));
            Assert.NotNull(new Redactor().Redact(text));
        }

        Assert.NotNull(new Redactor().Redact(new string('a', 200_000) + "="));
        Assert.NotNull(new Redactor().Redact("password=\"" + new string('\\', 200_000)));
        Assert.NotNull(new Redactor().Redact(new string('1', 200_000)));
    }

    private static void Check(Func<string, bool> holds) =>
        Prop.ForAll(Texts.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
}
