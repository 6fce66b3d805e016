namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's console.</summary>
/// <param name="LineNumber">Counts the resource's lines from 1; a gap means that older lines were dropped.</param>
/// <param name="Content">The text. A leading RFC 3339 timestamp is recognised by the dashboard.</param>
/// <param name="IsErrorMessage">True for standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
