using System.Globalization;
using Microsoft.Extensions.Options;
using Rag.Observability.Errors;

namespace Rag.Core.Documents;

/// <summary>Checks a batch as a whole: every broken rule of every document is named, and one is enough to refuse all.</summary>
internal sealed class DocumentValidator(IOptions<DocumentOptions> options, TimeProvider time)
{
    private const int MostErrors = 100;
    private const string DefaultSourceType = "text";

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <exception cref="ValidationException">At least one rule is broken.</exception>
    public IReadOnlyList<DocumentContent> Validate(IReadOnlyList<DocumentSubmission?>? submissions, string field)
    {
        var limits = options.Value;
        if (submissions is not { Count: > 0 }) throw new ValidationException(field, "must hold at least one document", "required");
        if (submissions.Count > limits.MaxDocuments) throw new ValidationException(field, $"must hold at most {limits.MaxDocuments} documents", "too_long");

        var errors = new List<FieldError>();
        var contents = new List<DocumentContent>(submissions.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < submissions.Count && errors.Count < MostErrors; i++)
        {
            var path = $"{field}[{i}]";
            var ofThis = new List<FieldError>();
            if (submissions[i] is { } submission) contents.Add(Validate(submission, path, limits, ids, ofThis));
            else ofThis.Add(new FieldError(path, "must be a document", "required"));
            errors.AddRange(ofThis);
        }

        return errors.Count == 0 ? contents : throw new ValidationException(errors);
    }

    private DocumentContent Validate(DocumentSubmission submission, string path, DocumentOptions limits, HashSet<string> ids, List<FieldError> errors)
    {
        var id = submission.Id ?? DocumentId.New(time);
        if (!DocumentId.IsValid(id, limits.MaxIdLength))
            errors.Add(new FieldError($"{path}.id", $"must have 1 to {limits.MaxIdLength} letters, digits or . _ : @ ~ - and begin with a letter or digit", "invalid_id"));
        else if (!ids.Add(id))
            errors.Add(new FieldError($"{path}.id", "is the id of an earlier document of this request", "duplicate"));

        var title = Required(submission.Title?.Trim(), $"{path}.title", limits.MaxTitleLength, errors);
        var text = Required(submission.Text, $"{path}.text", limits.MaxTextLength, errors);
        var source = Text(submission.Source, $"{path}.source", limits.MaxSourceLength, errors);
        var sourceType = SourceType(submission.SourceType, $"{path}.source_type", limits, errors);
        var publishedAt = Time(submission.PublishedAt, $"{path}.published_at", errors);
        var metadata = DocumentMetadata.Read(submission.Metadata, $"{path}.metadata", limits, errors);

        var hash = errors.Count == 0 ? ContentHash.Of(title, text, source, sourceType, publishedAt, metadata) : "";
        return new DocumentContent(id, title, text, source, sourceType, publishedAt, metadata, hash);
    }

    private static string Required(string? value, string field, int maxLength, List<FieldError> errors)
    {
        if (!string.IsNullOrWhiteSpace(value)) return Text(value, field, maxLength, errors)!;
        errors.Add(new FieldError(field, "must not be empty", "required"));
        return "";
    }

    private static string? Text(string? value, string field, int maxLength, List<FieldError> errors)
    {
        if (value is null) return null;
        if (value.Length > maxLength) errors.Add(new FieldError(field, $"must have at most {maxLength} characters", "too_long"));
        else if (!StorableText.IsStorable(value)) errors.Add(new FieldError(field, StorableText.Rule, "invalid_characters"));
        return value;
    }

    /// <summary>Becomes a label of metrics, so its form is narrow.</summary>
    private static string SourceType(string? value, string field, DocumentOptions limits, List<FieldError> errors)
    {
        if (value is null) return DefaultSourceType;
        if (value.Length == 0 || value.Length > limits.MaxSourceTypeLength || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            errors.Add(new FieldError(field, $"must have 1 to {limits.MaxSourceTypeLength} letters, digits or . _ -", "invalid_source_type"));
        return value;
    }

    private static DateTimeOffset? Time(string? value, string field, List<FieldError> errors)
    {
        if (value is null) return null;
        // Beyond these years conversions between zones, and PostgreSQL's infinity, get in the way.
        if (DateTimeOffset.TryParseExact(value, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && time.Year is >= 1000 and < 9999)
            return time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
        errors.Add(new FieldError(field, "must be an ISO 8601 date or time between the years 1000 and 9998, for example 2026-01-31T09:30:00Z", "invalid_time"));
        return null;
    }
}
