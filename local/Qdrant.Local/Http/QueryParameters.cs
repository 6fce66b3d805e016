using System.Globalization;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Http;

/// <summary>Reads the parameters that Qdrant's URLs take.</summary>
internal static class QueryParameters
{
    /// <summary>The member <c>wait</c>; the parameters that have no effect here are checked along with it.</summary>
    public static bool Wait(HttpRequest request)
    {
        Check(request);
        return Flag(request, "wait");
    }

    /// <summary>Checks <c>timeout</c>, <c>ordering</c> and <c>consistency</c>, which change nothing on a single node.</summary>
    public static void Check(HttpRequest request)
    {
        if (Text(request, "ordering") is { } ordering and not ("weak" or "medium" or "strong"))
            throw QdrantException.QueryParameter($"unknown variant `{ordering}`, expected one of `weak`, `medium`, `strong`");
        if (Text(request, "timeout") is not { } text) return;
        var timeout = Whole(text);
        var violations = new Violations();
        violations.AtLeast("timeout", timeout, 1);
        violations.ThrowIfAny("query parameters");
    }

    public static bool Flag(HttpRequest request, string name) => Text(request, name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw QdrantException.QueryParameter("provided string was not `true` or `false`"),
    };

    public static ulong? Number(HttpRequest request, string name) => Text(request, name) is { } text ? Whole(text) : null;

    private static ulong Whole(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw QdrantException.QueryParameter("invalid digit found in string");

    private static string? Text(HttpRequest request, string name) => request.Query.TryGetValue(name, out var values) ? values.ToString() : null;
}
