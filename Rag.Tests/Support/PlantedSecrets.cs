namespace Rag.Tests.Support;

/// <summary>
/// Secrets of every kind, each with a part that occurs nowhere else, and the texts that carry them. Whoever finds the part in an output has found a leak.
/// </summary>
internal sealed class PlantedSecrets
{
    private static readonly string[] Named =
    [
        "password={0}", "\"passwd\":\"{0}\"", "pwd: {0}", "passphrase='{0}'", "db_pass={0}", "\"smtpPass\": \"{0}\"", "secret={0}", "client_secret={0}", "\"clientSecret\":\"{0}\"",
        "api_key={0}", "api-key: {0}", "\"apiKey\":\"{0}\"", "X-Api-Key: {0}", "the API key: {0}", "access_key={0}", "private_key={0}", "encryption-key={0}", "AccountKey={0}",
        "token={0}", "access_token={0}", "\"refresh_token\":\"{0}\"", "csrf-token: {0}", "\"idToken\":\"{0}\"", "session_token={0}", "auth={0}", "jwt={0}", "otp={0}", "\"cvv\":\"{0}\"",
        "credentials={0}", "User.Credential = {0}", "--password {0}", "<secret>{0}</secret>", "[token, {0}]", "{{ Name = a, Password = {0} }}", "{{\\\"password\\\":\\\"{0}\\\"}}",
    ];

    private static readonly string[] Shaped =
    [
        "Authorization: Bearer {0}", "Authorization: Basic {0}", "Authorization: {0}", "Proxy-Authorization: Bearer {0}", "Bearer {0}", "Cookie: sid={0}; theme=dark", "Set-Cookie: sid={0}; Path=/",
        "postgres://bob:{0}@db:5432/rag", "redis://:{0}@cache:6379", "https://bob:{0}@example.com/x", "https://{0}@example.com/x", "amqp://u:{0}@mq/v", "Host=db;Username=u;Password={0};Port=5432",
        "Server=db;Pwd={0}", "Endpoint=sb://x/;SharedAccessKey={0}", "https://x.blob/c?sv=1&sig={0}&se=2", "GET /x?access_token={0}&page=2", "GET /x?key={0}&page=2",
        "eyJhbGciOiJIUzI1NiJ9.{0}.c2lnbmF0dXJl", "sk-{0}", "sk_live_{0}", "ghp_{0}", "github_pat_{0}", "glpat-{0}", "xoxb-{0}", "ragk_{0}", "hf_{0}", "npm_{0}",
        "-----BEGIN PRIVATE KEY-----\n{0}\n-----END PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\\n{0}\\n-----END RSA PRIVATE KEY-----", "{0}@example.com",
    ];

    private readonly List<string> _parts = [];

    public PlantedSecrets(string mark)
    {
        Texts = [.. Named.Concat(Shaped).Select((carrier, i) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Escape(carrier), Part(mark, i)))];
        Cards = ["4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "6011000990139424"];
    }

    /// <summary>Each holds one secret, in a form in which people and programs write secrets.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Payment card numbers that pass the Luhn check.</summary>
    public IReadOnlyList<string> Cards { get; }

    public int Count => Texts.Count + Cards.Count;

    /// <returns>The secrets that a text gives away.</returns>
    public IReadOnlyList<string> FoundIn(string text) =>
        [.. _parts.Concat(Cards).Where(part => text.Contains(part, StringComparison.OrdinalIgnoreCase))];

    private string Part(string mark, int number)
    {
        // Letters and digits only, so that it fits every carrier and survives every encoding.
        var part = $"Zq{mark}{number:D3}Xw7Kp3Lm9Rt";
        _parts.Add(part);
        return part;
    }

    private static string Escape(string carrier) =>
        carrier.Contains("{{", StringComparison.Ordinal)
            ? carrier
            : carrier.Replace("{0}", "\u0001", StringComparison.Ordinal).Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal).Replace("\u0001", "{0}", StringComparison.Ordinal);
}
