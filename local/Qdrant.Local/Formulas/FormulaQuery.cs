using Qdrant.Local.Queries;

namespace Qdrant.Local.Formulas;

/// <summary>By a formula over scores of prefetches, payload values and conditions.</summary>
internal sealed record FormulaQuery(FormulaTerm Score) : Query;
