using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.ErrorTracking.Grouping;

namespace Rag.Tests.Unit.ErrorTracking;

public sealed class GroupingTests
{
    private static readonly ErrorContext Request = new(ErrorSource.Request) { Route = "GET /x" };

    [Theory]
    [InlineData("Document 3f2504e0-4f89-11d3-9a0c-0305e82c3301 has 17 chunks", "Document <id> has <n> chunks")]
    [InlineData("Key 'alpha beta' is not in \"map\"", "Key <value> is not in <value>")]
    [InlineData("Could not find file '/data/a/b.txt'.", "Could not find file <value>.")]
    [InlineData("open /var/lib/x/7.dat failed", "open <path> failed")]
    [InlineData("GET http://10.0.0.7:6333/collections took 12.5ms", "GET <url> took <n>")]
    [InlineData("connection to 10.0.0.7:5432 refused", "connection to <n> refused")]
    [InlineData("user anna@example.com at 2026-01-01T10:00:00Z", "user <email> at <n>")]
    [InlineData("commit 9f8e7d6c5b4a is bad", "commit <id> is bad")]
    [InlineData("don't use utf8 in v2", "don't use utf8 in v2")]
    [InlineData("it's 5 o'clock", "it's <n> o'clock")]
    [InlineData("", "")]
    [Trait("Seed", "T4")]
    public void A_message_keeps_what_it_says_and_loses_what_varies(string message, string pattern) => Assert.Equal(pattern, MessagePattern.Of(message));

    [Fact]
    [Trait("Seed", "T4")]
    public void Ten_thousand_messages_with_ids_are_one_group()
    {
        var prints = Enumerable.Range(0, 10_000).Select(i => Fingerprint(new InvalidOperationException($"Order {i} of user {Guid.NewGuid()} failed after {i * 3}ms")));

        Assert.Single(prints.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Seed", "T5")]
    public void Frames_are_the_applications_own_nearest_to_the_throw_and_without_line_numbers()
    {
        var frames = InAppFrames.Of(Thrown(() => Array.ForEach([1], n => Throwing.Inside(n))));

        Assert.Equal("Rag.Tests.Unit.ErrorTracking.GroupingTests.Throwing.Inside", frames[0]);
        Assert.DoesNotContain(frames, f => f.StartsWith("System.", StringComparison.Ordinal));
        Assert.DoesNotContain(frames, f => f.Contains(".cs", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Seed", "T5")]
    public async Task The_exceptions_own_stack_counts_not_the_place_of_capture()
    {
        var exception = Thrown(() => Throwing.Inside(1));

        Assert.Equal(Fingerprint(exception), await Task.Run(() => Fingerprint(exception)));
        Assert.NotEqual(Fingerprint(exception), Fingerprint(Thrown(() => Throwing.Elsewhere(1))));
    }

    [Fact]
    public async Task Names_are_those_in_the_source_also_for_async_methods_lambdas_and_local_functions()
    {
        var asynchronous = await Assert.ThrowsAsync<InvalidOperationException>(() => Throwing.LaterAsync<int>());
        var local = Thrown(() => Throwing.InLocalFunction());

        Assert.Equal("Rag.Tests.Unit.ErrorTracking.GroupingTests.Throwing.LaterAsync", InAppFrames.Of(asynchronous)[0]);
        Assert.Equal("Rag.Tests.Unit.ErrorTracking.GroupingTests.Throwing.InLocalFunction.Fail", InAppFrames.Of(local)[0]);
        var lambda = ((Func<int>)(() => throw new InvalidOperationException("x"))).Method;
        Assert.EndsWith(".lambda", InAppFrames.Name(lambda), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "T5")]
    public void An_error_without_a_stack_is_grouped_by_type_and_message()
    {
        Assert.Equal(Fingerprint(new TimeoutException("a 1")), Fingerprint(new TimeoutException("a 2")));
        Assert.NotEqual(Fingerprint(new TimeoutException("a")), Fingerprint(new TimeoutException("b")));
        Assert.NotEqual(Fingerprint(new TimeoutException("a")), Fingerprint(new IOException("a")));
        Assert.NotEqual(Fingerprint(new IOException("a", new TimeoutException("x"))), Fingerprint(new IOException("a", new FormatException("x"))));
    }

    [Fact]
    [Trait("Seed", "T6")]
    public void Category_and_severity_are_the_exceptions_own_and_nothing_is_guessed_from_words()
    {
        var vectors = new ErrorFacts(new VectorDatabaseException("connection timeout to database"), Request, "api");
        var other = new ErrorFacts(new FormatException("security database timeout"), Request, "api");

        Assert.Equal((ErrorCategory.VectorDatabase, ErrorSeverity.High), (vectors.Category, vectors.Severity));
        Assert.Equal((ErrorCategory.Internal, ErrorSeverity.High), (other.Category, other.Severity));
    }

    [Fact]
    public void The_code_may_give_the_fingerprint_and_refine_the_default()
    {
        var exception = Thrown(() => Throwing.Inside(1));
        var facts = (string[] fingerprint) => new ErrorFacts(exception, Request with { Fingerprint = fingerprint }, "api");

        var given = ErrorFingerprint.Of(facts(["payments"]), FingerprintRules.None);
        Assert.Equal(given.Value, ErrorFingerprint.Of(new ErrorFacts(new IOException("other"), Request with { Fingerprint = ["payments"] }, "api"), FingerprintRules.None).Value);
        Assert.Contains("the code gave the fingerprint: payments", given.Reason, StringComparison.Ordinal);

        Assert.Equal(Fingerprint(exception), ErrorFingerprint.Of(facts(["{{ default }}"]), FingerprintRules.None).Value);
        Assert.NotEqual(Fingerprint(exception), ErrorFingerprint.Of(facts(["{{ default }}", "tenant-7"]), FingerprintRules.None).Value);
    }

    [Theory]
    [InlineData("error.type:*InvalidOperation* -> one", true)]
    [InlineData("error.type:System.IO.* -> one", false)]
    [InlineData("!error.type:System.IO.* -> one", true)]
    [InlineData("message:\"*too many*\" route:\"GET *\" -> one", true)]
    [InlineData("message:\"*too many*\" route:\"POST *\" -> one", false)]
    [InlineData("stack.function:Inside -> one", true)]
    [InlineData("stack.module:*.Throwing service:api -> one", true)]
    [InlineData("category:internal severity:high -> one", true)]
    [InlineData("# error.type:* -> one", false)]
    public void Rules_match_by_glob_and_all_matchers_of_a_line_must(string rules, bool matches)
    {
        var facts = new ErrorFacts(Thrown(() => Throwing.Inside(1)), Request, "api");

        Assert.Equal(matches, FingerprintRules.Parse(rules).Match(facts) is not null);
    }

    [Fact]
    public void The_first_rule_wins_says_its_line_and_fills_variables()
    {
        var rules = FingerprintRules.Parse(
            """
            # comment

            message:*many* -> many, {{ error.type }}, {{ default }} title="Too many in {{ route }}"
            message:* -> all
            """);
        var facts = new ErrorFacts(Thrown(() => Throwing.Inside(1)), Request, "api");

        var fingerprint = ErrorFingerprint.Of(facts, rules);

        Assert.Equal("Too many in GET /x", fingerprint.Title);
        Assert.StartsWith("rule in line 3", fingerprint.Reason, StringComparison.Ordinal);
        Assert.NotEqual(fingerprint.Value, ErrorFingerprint.Of(facts with { Context = Request }, FingerprintRules.None).Value);
    }

    [Theory]
    [InlineData("error.type:X")]
    [InlineData("-> one")]
    [InlineData("colour:red -> one")]
    [InlineData("error.type:X nonsense -> one")]
    [InlineData("error.type:X -> ")]
    public void A_line_that_is_not_understood_is_told_and_the_others_hold(string line)
    {
        var rules = FingerprintRules.Parse($"{line}\nerror.type:* -> all");

        Assert.Contains("Line 1", Assert.Single(rules.Mistakes), StringComparison.Ordinal);
        Assert.Single(rules.Rules);
    }

    [Fact]
    public void The_group_says_why_and_carries_the_version_of_the_algorithm()
    {
        var fingerprint = ErrorFingerprint.Of(new ErrorFacts(Thrown(() => Throwing.Inside(1)), Request, "api"), FingerprintRules.None);

        Assert.StartsWith("v1:", fingerprint.Value, StringComparison.Ordinal);
        Assert.Contains("own frames from Rag.Tests.Unit.ErrorTracking.GroupingTests.Throwing.Inside", fingerprint.Reason, StringComparison.Ordinal);
        Assert.Equal("InvalidOperationException: too many: <n>", fingerprint.Title);
    }

    [Fact]
    [Trait("Seed", "T13")]
    public void The_grouping_rules_in_the_docs_can_be_copied_as_shown()
    {
        // The documents' own samples cannot: a fence inside them ends the block early.
        var text = File.ReadAllText(Path.Combine(Support.Repository.Root, "docs", "error-tracking.md"));
        var block = text.Split("```text\n")[1].Split("```")[0];

        var rules = FingerprintRules.Parse(block);

        Assert.Empty(rules.Mistakes);
        Assert.NotEmpty(rules.Rules);
    }

    internal static Exception Thrown(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            return exception;
        }

        throw new InvalidOperationException("Nothing was thrown.");
    }

    private static string Fingerprint(Exception exception) => ErrorFingerprint.Of(new ErrorFacts(exception, Request, "api"), FingerprintRules.None).Value;

    private static class Throwing
    {
        public static int Inside(int n) => throw new InvalidOperationException($"too many: {n}");

        public static int Elsewhere(int n) => throw new InvalidOperationException($"too many: {n}");

        public static async Task<T> LaterAsync<T>()
        {
            await Task.Yield();
            throw new InvalidOperationException("later");
        }

        public static void InLocalFunction()
        {
            Fail();

            static void Fail() => throw new InvalidOperationException("inside");
        }
    }
}
