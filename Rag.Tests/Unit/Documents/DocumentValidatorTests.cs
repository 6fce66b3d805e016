using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Rag.Core.Documents;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Documents;

public sealed class DocumentValidatorTests
{
    private readonly DocumentValidator _validator = new(
        Options.Create(new DocumentOptions { MaxDocuments = 3, MaxTextLength = 50, MaxTitleLength = 20 }), new FakeTimeProvider());

    private static DocumentSubmission Good => new("a", "Title", "Text");

    [Fact]
    public void One_bad_document_is_named_with_its_index_and_field_and_so_is_the_next()
    {
        var errors = Refused(Good, Good with { Id = "b", Text = " " }, new DocumentSubmission("c", null, new string('x', 51)));

        Assert.Equal(["documents[1].text", "documents[2].title", "documents[2].text"], errors.Select(e => e.Field));
        Assert.Equal(["required", "required", "too_long"], errors.Select(e => e.Type));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("a%2F")]
    [InlineData("a\u200b")]
    public void An_id_that_does_not_fit_into_a_path_is_refused(string id) => Assert.Equal("documents[0].id", Assert.Single(Refused(Good with { Id = id })).Field);

    [Theory]
    [InlineData("a")]
    [InlineData("Doc-1_2.3:4@5~6")]
    [InlineData("文書1")]
    public void Other_ids_are_taken_as_they_are(string id) => Assert.Equal(id, Accepted(Good with { Id = id }).Id);

    [Fact]
    public void A_missing_id_is_made_up_and_never_the_same() =>
        Assert.NotEqual(Accepted(Good with { Id = null }).Id, Accepted(Good with { Id = null }).Id);

    [Fact]
    public void The_same_id_twice_is_refused() => Assert.Equal("duplicate", Assert.Single(Refused(Good, Good)).Type);

    [Fact]
    public void Text_that_PostgreSQL_cannot_store_is_refused_in_every_field()
    {
        // Not as inline data: attributes cannot hold half of a surrogate pair either.
        foreach (var bad in (string[])["x\0", "\ud800", "\udc00 \ud83d"])
        {
            var errors = Refused(new DocumentSubmission("a", bad, bad, bad, bad));
            Assert.Equal(["documents[0].title", "documents[0].text", "documents[0].source", "documents[0].source_type"], errors.Select(e => e.Field));
        }

        Assert.Equal("documents[0].id", Assert.Single(Refused(Good with { Id = "a\ud800" })).Field);
    }

    [Fact]
    public void Pairs_of_surrogates_are_fine() => Assert.Equal("\ud83d\ude00", Accepted(Good with { Text = "\ud83d\ude00" }).Text);

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T09:30", "2026-01-31T09:30:00Z")]
    [InlineData("2026-01-31T09:30:00+09:00", "2026-01-31T00:30:00Z")]
    [InlineData("2026-01-31T09:30:00.1234567Z", "2026-01-31T09:30:00.123456Z")]
    public void Dates_are_ISO_8601_and_kept_to_the_microsecond(string sent, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), Accepted(Good with { PublishedAt = sent }).PublishedAt);

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("31.01.2026")]
    [InlineData("2026-02-30")]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31T23:59:59-12:00")]
    public void Other_dates_are_refused(string sent) => Assert.Equal("documents[0].published_at", Assert.Single(Refused(Good with { PublishedAt = sent })).Field);

    [Theory]
    [InlineData("""{"b":1.50,"a":"x","n":null,"t":true,"tiny":1e-999999}""", """{"a":"x","b":1.5,"n":null,"t":true,"tiny":0}""")]
    [InlineData("{}", "{}")]
    [InlineData("null", "{}")]
    public void Metadata_comes_out_in_one_form(string sent, string expected) => Assert.Equal(expected, Accepted(Good with { Metadata = Json(sent) }).Metadata);

    [Theory]
    [InlineData("[]", "documents[0].metadata")]
    [InlineData("3", "documents[0].metadata")]
    [InlineData("""{"a":{"b":1}}""", "documents[0].metadata.a")]
    [InlineData("""{"a":[1]}""", "documents[0].metadata.a")]
    [InlineData("""{"a":1e999}""", "documents[0].metadata.a")]
    [InlineData("""{"a":"x\u0000"}""", "documents[0].metadata.a")]
    [InlineData("""{"a":"\ud800"}""", "documents[0].metadata")]
    [InlineData("""{"\ud800":1}""", "documents[0].metadata")]
    [InlineData("""{"":1}""", "documents[0].metadata")]
    [InlineData("""{"a\u0000":1}""", "documents[0].metadata")]
    [InlineData("""{"a":1,"a":2}""", "documents[0].metadata")]
    public void Metadata_that_is_no_object_of_scalars_is_refused(string sent, string field) => Assert.Equal(field, Assert.Single(Refused(Good with { Metadata = Json(sent) })).Field);

    [Fact]
    public void An_empty_batch_a_large_batch_and_an_empty_place_are_refused()
    {
        Assert.Equal("documents", Assert.Single(Assert.Throws<ValidationException>(() => _validator.Validate(null, "documents")).Errors).Field);
        Assert.Equal("documents", Assert.Single(Refused()).Field);
        Assert.Equal("too_long", Assert.Single(Refused(Good, Good, Good, Good)).Type);
        Assert.Equal("documents[1]", Assert.Single(Refused(Good, null)).Field);
    }

    [Fact]
    public void The_hash_changes_with_every_field_but_the_id()
    {
        DocumentSubmission[] variants =
        [
            Good, Good with { Title = "Other" }, Good with { Text = "Other" }, Good with { Source = "s" }, Good with { Source = "" }, Good with { SourceType = "s" },
            Good with { PublishedAt = "2026-01-01" }, Good with { Metadata = Json("""{"a":1}""") }, Good with { Title = "TitleT", Text = "ext" },
        ];

        Assert.Equal(variants.Length, variants.Select(v => Accepted(v).Hash).Distinct().Count());
        Assert.Equal(Accepted(Good).Hash, Accepted(Good with { Id = "b", SourceType = "text", Metadata = Json("{}") }).Hash);
        Assert.Equal(Accepted(Good with { Metadata = Json("""{"a":1,"b":2}""") }).Hash, Accepted(Good with { Metadata = Json("""{"b":2.0,"a":1}""") }).Hash);
    }

    [Fact]
    public void Whatever_is_sent_is_accepted_or_refused_with_reasons() =>
        Prop.ForAll<string?, string?, string?>((id, title, other) =>
        {
            try
            {
                _validator.Validate([new DocumentSubmission(id, title, other, other, other, other)], "documents");
            }
            catch (ValidationException refusal)
            {
                Assert.NotEmpty(refusal.Errors);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cursor_comes_back_as_it_was_given_and_nothing_else_is_taken()
    {
        Assert.Equal("文書-1", DocumentCursor.Read(DocumentCursor.After("文書-1"), 128));
        Assert.Null(DocumentCursor.Read(null, 128));
        Assert.All(["", "x", "%", "AA==", DocumentCursor.After("a b"), DocumentCursor.After("\0")], bad => Assert.Throws<ValidationException>(() => DocumentCursor.Read(bad, 128)));
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private DocumentContent Accepted(DocumentSubmission submission) => Assert.Single(_validator.Validate([submission], "documents"));

    private IReadOnlyList<FieldError> Refused(params DocumentSubmission?[] submissions) =>
        Assert.Throws<ValidationException>(() => _validator.Validate(submissions, "documents")).Errors;
}
