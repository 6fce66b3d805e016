using System.Globalization;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;

namespace Qdrant.Local.Formulas;

/// <summary>
/// Reads formulas: numbers, <c>$score</c> and <c>$score[i]</c>, payload paths, conditions (1 or 0), arithmetic, distances, times and decays.
/// </summary>
internal sealed class FormulaParser
{
    private const string Unknown = "data did not match any variant of untagged enum Expression";
    private const string ScoreVariable = "$score";
    private const double MicrosecondsPerSecond = 1e6;

    private readonly Violations _violations;
    private readonly Dictionary<string, JsonElement> _defaults = new(StringComparer.Ordinal);

    private FormulaParser(Violations violations, JsonElement query)
    {
        _violations = violations;
        if (!query.TryMember("defaults", out var defaults)) return;

        // The body is gone when the query runs with these.
        foreach (var variable in defaults.AsObject("a map").EnumerateObject()) _defaults[Canonical(variable.Name)] = variable.Value.Clone();
    }

    public static FormulaQuery Parse(JsonElement query, Violations violations) =>
        new(new FormulaParser(violations, query).Term(query.Required("formula")));

    private FormulaTerm Term(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                var constant = element.AsDouble();
                return _ => constant;
            case JsonValueKind.String:
                return Variable(element.GetText());
            case JsonValueKind.Object when element.GetPropertyCount() == 1 && Operation(element.EnumerateObject().First()) is { } operation:
                return operation;
            case JsonValueKind.Object:
                var condition = new FilterParser(_violations).ParseCondition(element, "formula");
                return scope => condition.Holds(scope.Point) ? 1 : 0;
            default:
                throw QdrantException.Format(Unknown);
        }
    }

    /// <summary>The operation of this name; null when it is none.</summary>
    private FormulaTerm? Operation(JsonProperty member)
    {
        var value = member.Value;
        return member.Name switch
        {
            "sum" => Sum(Terms(value)),
            "mult" => Product(Terms(value)),
            "neg" => Unary(value, x => -x),
            "abs" => Unary(value, Math.Abs),
            "sqrt" => Unary(value, Math.Sqrt),
            "exp" => Unary(value, Math.Exp),
            "log10" => Unary(value, Math.Log10),
            "ln" => Unary(value, Math.Log),
            "div" => Quotient(value.AsObject("struct DivParams")),
            "pow" => Power(value.AsObject("struct PowParams")),
            "geo_distance" => GeoDistance(value.AsObject("struct GeoDistanceParams")),
            "datetime" => Time(value.AsString()),
            "datetime_key" => TimeAt(PayloadPath.Parse(value.AsString())),
            "lin_decay" => Decay.Read(value, Decay.Shape.Linear, Term),
            "exp_decay" => Decay.Read(value, Decay.Shape.Exponential, Term),
            "gauss_decay" => Decay.Read(value, Decay.Shape.Gaussian, Term),
            _ => null,
        };
    }

    private FormulaTerm Variable(string name)
    {
        if (name.StartsWith('$'))
        {
            var index = ScoreIndex(name) ?? throw QdrantException.BadRequest($"Invalid reserved variable: {name}");
            var otherwise = Default(Canonical(name)) is { ValueKind: JsonValueKind.Number } given ? given.GetDouble() : 0;
            return scope => scope.Score(index) ?? otherwise;
        }

        var path = PayloadPath.Parse(name);
        var missing = Default(Canonical(name));
        return scope => scope.Value<double>(path, missing, "number", v => v.ValueKind == JsonValueKind.Number ? v.GetDouble() : null);
    }

    private JsonElement? Default(string name) => _defaults.TryGetValue(name, out var value) ? value : null;

    private static string Canonical(string variable) => variable == ScoreVariable ? ScoreVariable + "[0]" : variable;

    private static int? ScoreIndex(string variable)
    {
        var canonical = Canonical(variable);
        if (!canonical.StartsWith(ScoreVariable + "[", StringComparison.Ordinal) || canonical[^1] != ']') return null;
        return int.TryParse(canonical.AsSpan(ScoreVariable.Length + 1, canonical.Length - ScoreVariable.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
    }

    private List<FormulaTerm> Terms(JsonElement list) => [.. list.AsArray().EnumerateArray().Select(Term)];

    private static FormulaTerm Sum(List<FormulaTerm> terms) => scope =>
    {
        double sum = 0;
        foreach (var term in terms) sum += term(scope);
        return sum;
    };

    // A zero ends the product: what is missing behind it does not matter then.
    private static FormulaTerm Product(List<FormulaTerm> terms) => scope =>
    {
        double product = 1;
        foreach (var term in terms)
        {
            var factor = term(scope);
            if (factor == 0) return 0;
            product *= factor;
        }

        return product;
    };

    private FormulaTerm Unary(JsonElement operand, Func<double, double> function)
    {
        var term = Term(operand);
        return scope => Finite(function(term(scope)));
    }

    private FormulaTerm Quotient(JsonElement parameters)
    {
        var (left, right) = (Term(parameters.Required("left")), Term(parameters.Required("right")));
        double? byZero = parameters.TryMember("by_zero_default", out var given) ? given.AsDouble() : null;
        return scope =>
        {
            var numerator = left(scope);
            if (numerator == 0) return 0;
            var denominator = right(scope);
            return denominator == 0 && byZero is { } otherwise ? otherwise : Finite(numerator / denominator);
        };
    }

    private FormulaTerm Power(JsonElement parameters)
    {
        var (@base, exponent) = (Term(parameters.Required("base")), Term(parameters.Required("exponent")));
        return scope => Finite(Math.Pow(@base(scope), exponent(scope)));
    }

    private FormulaTerm GeoDistance(JsonElement parameters)
    {
        var path = PayloadPath.Parse(parameters.Required("to").AsString());
        var otherwise = Default(path.Text);
        if (!GeoPoint.TryRead(parameters.Required("origin"), out var origin)) throw QdrantException.Format(Unknown);
        return scope => origin.MetresTo(scope.Value<GeoPoint>(path, otherwise, "geo point", v => GeoPoint.TryRead(v, out var place) ? place : null));
    }

    private static FormulaTerm Time(string text)
    {
        var time = PayloadDate.TryParse(text, out var microseconds) ? microseconds / MicrosecondsPerSecond : throw QdrantException.BadRequest($"Invalid datetime: {text}");
        return _ => time;
    }

    private FormulaTerm TimeAt(PayloadPath path)
    {
        var otherwise = Default(path.Text);
        return scope => scope.Value<long>(path, otherwise, "datetime", ReadTime) / MicrosecondsPerSecond;
    }

    private static long? ReadTime(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && PayloadDate.TryParse(value.GetString()!, out var time) ? time : null;

    private static double Finite(double value) =>
        double.IsFinite(value) ? value : throw QdrantException.WrongInput("The expression produced a non-finite number");
}
