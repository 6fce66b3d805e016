namespace Rag.Monitor.Endpoints;

/// <summary>Until when a group is ignored; with none of them, until somebody reopens it.</summary>
/// <param name="Until">A time.</param>
/// <param name="Events">So many more events.</param>
/// <param name="UntilEscalating">Until it is seen much more often than before.</param>
internal sealed record IgnoreRequest(DateTimeOffset? Until, long? Events, bool? UntilEscalating);
