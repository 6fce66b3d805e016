using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Formulas;

/// <summary>
/// Functions that are 1 at a target and fall to the midpoint at a distance of one scale: linear, exponential, or as a bell.
/// </summary>
internal static class Decay
{
    internal enum Shape
    {
        Linear,
        Exponential,
        Gaussian,
    }

    public static FormulaTerm Read(JsonElement parameters, Shape shape, Func<JsonElement, FormulaTerm> term)
    {
        var x = term(parameters.AsObject("struct DecayParamsExpression").Required("x"));
        var target = parameters.TryMember("target", out var aim) ? term(aim) : _ => 0;
        var midpoint = parameters.TryMember("midpoint", out var middle) ? middle.AsDouble("f32") : 0.5;
        var scale = parameters.TryMember("scale", out var width) ? width.AsDouble("f32") : 1;
        if (shape == Shape.Linear && midpoint is (< 0 or > 1)) throw QdrantException.BadRequest(FormattableString.Invariant($"Linear decay midpoint should be in the range [0.0, 1.0], got {midpoint}."));
        if (shape != Shape.Linear && midpoint is (<= 0 or >= 1)) throw QdrantException.BadRequest(FormattableString.Invariant($"Decay midpoint should be in the range (0.0, 1.0), got {midpoint}."));
        if (scale <= 0) throw QdrantException.BadRequest(FormattableString.Invariant($"Decay scale should be non-zero positive, got {scale}."));
        return shape switch
        {
            Shape.Linear => scope => Math.Max(0, 1 - ((1 - midpoint) / scale * Math.Abs(x(scope) - target(scope)))),
            Shape.Exponential => scope => Math.Exp(Math.Log(midpoint) / scale * Math.Abs(x(scope) - target(scope))),
            _ => scope => Math.Exp(Math.Log(midpoint) / (scale * scale) * Math.Pow(x(scope) - target(scope), 2)),
        };
    }
}
