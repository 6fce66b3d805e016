using Rag.Observability.Redaction;

namespace Rag.Tests.Unit.Redaction;

/// <summary>Running text: what goes, what stays.</summary>
public sealed class RedactorTextTests
{
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    private readonly Redactor _redactor = new();

    [Theory]
    [Trait("Seed", "S1")]
    [InlineData("password=hunter2", "password=[redacted]")]
    [InlineData("token: abc123xyz", "token: [redacted]")]
    [InlineData("api_key = 'k-12345'", "api_key = '[redacted]'")]
    [InlineData("{\"secret\":\"s3cr3t\",\"user\":\"bob\"}", "{\"secret\":\"[redacted]\",\"user\":\"bob\"}")]
    public void The_key_stays_and_the_value_goes(string text, string expected) => Assert.Equal(expected, _redactor.Redact(text));

    [Theory]
    [Trait("Seed", "S2")]
    [InlineData("password=hunter2 user=bob status=200", "password=[redacted] user=bob status=200")]
    [InlineData("login password=hunter2, user=bob", "login password=[redacted], user=bob")]
    [InlineData("a=1;password=hunter2;b=2", "a=1;password=[redacted];b=2")]
    [InlineData("GET /x?access_token=abc.def&page=2", "GET /x?access_token=[redacted]&page=2")]
    [InlineData("GET /x?key=AbCdEf&page=2", "GET /x?key=[redacted]&page=2")]
    [InlineData("(password=hunter2) then", "(password=[redacted]) then")]
    [InlineData("Login { User = bob, Password = correct horse, Age = 3 }", "Login { User = bob, Password = [redacted], Age = 3 }")]
    [InlineData("Login { User = bob, Password = correct horse }", "Login { User = bob, Password = [redacted] }")]
    [InlineData("{\"pin\":1234,\"user\":\"bob\"}", "{\"pin\":\"[redacted]\",\"user\":\"bob\"}")]
    [InlineData("{\"password\":null,\"has_password\":true}", "{\"password\":null,\"has_password\":true}")]
    [InlineData("{\"passwords\":[\"a\",\"b\"],\"user\":\"bob\"}", "{\"passwords\":\"[redacted]\",\"user\":\"bob\"}")]
    [InlineData("{\"body\":\"{\\\"password\\\":\\\"hunter2\\\",\\\"user\\\":\\\"bob\\\"}\"}", "{\"body\":\"{\\\"password\\\":\\\"[redacted]\\\",\\\"user\\\":\\\"bob\\\"}\"}")]
    [InlineData("{\"password\":\"with \\\"quotes\\\" in it\",\"user\":\"bob\"}", "{\"password\":\"[redacted]\",\"user\":\"bob\"}")]
    public void A_value_ends_at_its_delimiter(string text, string expected) => Assert.Equal(expected, _redactor.Redact(text));

    [Theory]
    [Trait("Seed", "S4")]
    [InlineData("Authorization: Bearer abcdef123456, next", "Authorization: [redacted], next")]
    [InlineData("Authorization: Basic dXNlcjpwYXNz status=401", "Authorization: [redacted] status=401")]
    [InlineData("authorization: Digest username=\"x\", response=\"6629fae49393a05397450978507c4ef1\"\r\nHost: a", "authorization: [redacted]\r\nHost: a")]
    [InlineData("Proxy-Authorization: abc", "Proxy-Authorization: [redacted]")]
    [InlineData("headers[\"Authorization\"] = \"Bearer abcdef\"", "headers[\"Authorization\"] = \"[redacted]\"")]
    [InlineData("sent Bearer abcdef123456 to the server", "sent Bearer [redacted] to the server")]
    [InlineData("sent Basic dXNlcjpwYXNz to the server", "sent Basic [redacted] to the server")]
    [InlineData("X-Api-Key: 0123456789abcdef", "X-Api-Key: [redacted]")]
    [InlineData("api-key=0123456789abcdef next", "api-key=[redacted] next")]
    [InlineData("the API key: abc-def", "the API key: [redacted]")]
    [InlineData("Cookie: sid=abc; theme=dark status=200", "Cookie: [redacted] status=200")]
    [InlineData("Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: [redacted]")]
    [InlineData("postgres://bob:hunter2@db:5432/rag?ssl=1", "postgres://bob:[redacted]@db:5432/rag?ssl=1")]
    [InlineData("postgres://bob:p@ss@db/rag", "postgres://bob:[redacted]@db/rag")]
    [InlineData("amqp://bob:p/ss@mq", "amqp://bob:[redacted]@mq")]
    [InlineData("redis://:hunter2@cache:6379/0", "redis://:[redacted]@cache:6379/0")]
    [InlineData("https://0123456789abcdef@host/x", "https://[redacted]@host/x")]
    [InlineData("GET /documents/postgres:%2F%2Fbob:hunter2@db:5432%2Frag 404", "GET /documents/postgres://bob:[redacted]@db:5432/rag 404")]
    [InlineData("/x/redis%3a%2f%2f%3ahunter2%40cache%3a6379", "/x/redis://:[redacted]@cache:6379")]
    [InlineData("/x?next=https%3A%2F%2Fy%2Fz%3Ftoken%3Dhunter2", "/x?next=https://y/z?token=[redacted]")]
    [InlineData("/documents/%22passwd%22:%22hunter2%22", "/documents/\"passwd\":\"[redacted]\"")]
    [InlineData("next=%252Fx%253Fpassword%253Dhunter2 password=hunter2", "next=/x?password=[redacted] password=[redacted]")]
    [InlineData("Host=db;Username=bob;Password=my pass;w/ord;Port=5432", "Host=db;Username=bob;Password=[redacted];w/ord;Port=5432")]
    [InlineData("Host=db;Password=hunter2 status=500", "Host=db;Password=[redacted] status=500")]
    [InlineData("Password=a,b;Host=db", "Password=[redacted];Host=db")]
    [InlineData("Endpoint=sb://x/;SharedAccessKey=abc+/==", "Endpoint=sb://x/;SharedAccessKey=[redacted]")]
    [InlineData("DefaultEndpointsProtocol=https;AccountKey=abc/+==;EndpointSuffix=x", "DefaultEndpointsProtocol=https;AccountKey=[redacted];EndpointSuffix=x")]
    [InlineData("https://x.blob/?sv=1&sig=abc%2B%3D&se=2", "https://x.blob/?sv=1&sig=[redacted]&se=2")]
    [InlineData("token was " + Jwt + " then", "token was [redacted] then")]
    [InlineData("used sk-abcdefghijklmnopqrstuvwx here", "used [redacted] here")]
    [InlineData("used ghp_abcdefghijklmnopqrstuvwxyz012345 here", "used [redacted] here")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[redacted]")]
    [InlineData("key ragk_0123456789ab_abcdefghijklmnopqrstuvwxyz", "key [redacted]")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----\nnext", "[redacted]\nnext")]
    [InlineData("pem -----BEGIN PRIVATE KEY-----\\nMIIEow cut", "pem [redacted]")]
    [InlineData("card 4111 1111 1111 1111 of bob", "card [redacted] of bob")]
    [InlineData("card=4111-1111-1111-1111,", "card=[redacted],")]
    [InlineData("paid with 378282246310005.", "paid with [redacted].")]
    [InlineData("2026 4111111111111111 12", "2026 [redacted] 12")]
    [InlineData("mail bob.smith+x@example.co.jp now", "mail b***@example.co.jp now")]
    [InlineData("<password>hunter2</password>", "<password>[redacted]</password>")]
    [InlineData("run --password hunter2 --user bob", "run --password [redacted] --user bob")]
    [InlineData("[password, hunter2], [user, bob]", "[password, [redacted]], [user, bob]")]
    [InlineData("パスワード password=ひみつ です", "パスワード password=[redacted] です")]
    public void Every_kind_of_secret_is_known(string text, string expected) => Assert.Equal(expected, _redactor.Redact(text));

    [Theory]
    [InlineData("")]
    [InlineData("Request completed: GET /documents/{id} 200 in 12.3 ms, 4096 bytes")]
    [InlineData("token_count=512 max_tokens: 100, tokens per second: 31")]
    [InlineData("gen_ai.usage.input_tokens=12 time_to_first_token=0.2 fencing_token=17")]
    [InlineData("the keyword search takes 3 keys; primary key: id, partition key=7")]
    [InlineData("password reset was requested; the secret is out; bypass: on, compass=north")]
    [InlineData("basic authentication and bearer authentication are both refused")]
    [InlineData("trace 0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331")]
    [InlineData("2026-11-22T07:38:22.123456Z took 1234567890123456 ns, score 0.4532015112830366")]
    [InlineData("id 550e8400-e29b-41d4-a716-446655440000, ticks 639000000000000000")]
    [InlineData("http://localhost:5080/path@x and ssh://git@github")]
    [InlineData("http%3A%2F%2Flocalhost%3A5080%2Fpath%40x and ssh:%2F%2Fgit@github, 100% of 5%zz, 20%2")]
    [InlineData("author=Jane, authority: x, disk-0123456789abcdefghij mapping=1 spin: 2")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----")]
    [InlineData("検索クエリを処理しました（12件）")]
    [InlineData("a@b and @user and user@host and x@1.2")]
    public void Clean_text_comes_back_as_the_same_instance(string text) => Assert.Same(text, _redactor.Redact(text));

    [Fact]
    public void Several_secrets_of_several_kinds_go_at_once() => Assert.Equal(
        "password=[redacted] mail b***@example.com card [redacted] via postgres://u:[redacted]@h and [redacted]!",
        _redactor.Redact("password=hunter2 mail bob@example.com card 4111111111111111 via postgres://u:p@h and " + Jwt + "!"));

    [Fact]
    [Trait("Seed", "S6")]
    public void A_redactor_that_fails_withholds_the_text()
    {
        var redactor = new Redactor(new RedactionOptions { Patterns = { "^(a+)+$" } });

        Assert.Equal(Redactor.Withheld, redactor.Redact(new string('a', 64) + "!"));
        Assert.Equal("harmless", redactor.Redact("harmless"));
    }

    [Fact]
    public void A_house_can_add_names_and_patterns()
    {
        var redactor = new Redactor(new RedactionOptions { Keys = { "Employee-Number" }, Patterns = { @"\bE\d{6}\b" } });

        Assert.Equal(Redactor.Mask, redactor.Redact("employee_number", 12));
        Assert.Equal("who is [redacted]?", redactor.Redact("who is E123456?"));
    }

    [Fact]
    public void Clean_text_costs_no_allocation()
    {
        var text = string.Concat(Enumerable.Repeat("Search 12 of type hybrid returned 10 results in 8.25 ms; ", 6));
        _redactor.Redact(text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) _redactor.Redact(text);

        // Less than the smallest object in ten calls: a collection on another thread may count the rest of an allocation buffer.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 24_000);
    }
}
