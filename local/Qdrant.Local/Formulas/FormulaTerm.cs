namespace Qdrant.Local.Formulas;

/// <summary>A part of a formula, ready to be evaluated for one point after another.</summary>
internal delegate double FormulaTerm(FormulaScope point);
