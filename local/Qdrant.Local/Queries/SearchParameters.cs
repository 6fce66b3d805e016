using System.Text.Json;
using Qdrant.Local.Json;

namespace Qdrant.Local.Queries;

/// <summary>Reads <c>params</c>. All searches are exact here, so only the use of int8 copies can be chosen.</summary>
internal static class SearchParameters
{
    /// <returns>Whether an int8 copy may be gone over first.</returns>
    public static bool Parse(JsonElement body, Violations violations, string path)
    {
        if (!body.TryMember("params", out var parameters)) return true;
        parameters.AsObject("struct SearchParams");
        if (parameters.TryMember("hnsw_ef", out var beam)) violations.AtLeast(path + "params.hnsw_ef", beam.AsUInt64(), 1);
        var exact = parameters.TryMember("exact", out var flag) && flag.AsBool();
        if (parameters.TryMember("indexed_only", out var indexed)) indexed.AsBool();
        if (!parameters.TryMember("quantization", out var quantization)) return !exact;
        return !exact && !(quantization.AsObject("struct QuantizationSearchParams").TryMember("ignore", out var ignore) && ignore.AsBool());
    }
}
