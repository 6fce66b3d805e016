using System.Text;
using Rag.Observability.Errors;

namespace Rag.Core.Jobs;

/// <summary>Why a job failed, as text that PostgreSQL can store: bounded, well-formed, without U+0000.</summary>
internal static class JobReason
{
    private const int Longest = 2000;

    public static string ForOperators(Exception failure) => Storable($"{failure.GetType().Name}: {failure.Message}");

    public static string ForAnyone(Exception failure) => failure switch
    {
        RagException known => Storable(known.PublicMessage),
        JobFailedException verdict => Storable(verdict.Message),
        TimeoutException => "It took too long.",
        _ => "Something went wrong on our side.",
    };

    private static string Storable(string text)
    {
        var bounded = text.Length > Longest ? text[..Longest] : text;
        // The encoder puts U+FFFD where a surrogate has lost its other half, for example at the cut.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(bounded)).Replace('\0', '\uFFFD');
    }
}
