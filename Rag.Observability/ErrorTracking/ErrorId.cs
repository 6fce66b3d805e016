using System.Globalization;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking.Grouping;

namespace Rag.Observability.ErrorTracking;

/// <summary>
/// The id that the caller of a failed request is given: 32 hexadecimal digits. The first half is a hash of what is known of the error at once (type, code,
/// route, message without its variable parts), the second half makes it unique. So an id finds its group even when, in a storm, its event was only counted.
/// </summary>
/// <param name="Key">Same for errors that are most likely of one group.</param>
/// <param name="Unique">Different for each error.</param>
internal readonly record struct ErrorId(ulong Key, ulong Unique)
{
    public static ErrorId Of(Exception exception, ErrorContext context, Random random) => new(Hash(exception, context), (ulong)random.NextInt64());

    public static bool TryParse(string text, out ErrorId id)
    {
        id = default;
        if (text.Length != 32 || !ulong.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            || !ulong.TryParse(text.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unique)) return false;
        id = new ErrorId(key, unique);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key:x16}{Unique:x16}");

    private static ulong Hash(Exception exception, ErrorContext context)
    {
        var hash = new FnvHash();
        hash.Add(exception.GetType().FullName);
        hash.Add((exception as RagException)?.Descriptor.Code);
        hash.Add(exception.InnerException?.GetType().FullName);
        hash.Add(context.Route);
        MessagePattern.AddTo(ref hash, exception.Message);
        foreach (var part in context.Fingerprint ?? []) hash.Add(part);
        return hash.Value;
    }
}
