using Microsoft.Extensions.Logging;

namespace Rag.Observability.Logging.Levels;

/// <summary>A level that holds for a while.</summary>
/// <param name="Category">Prefix of logger names, as in <c>Logging:LogLevel</c>; empty for all.</param>
/// <param name="Level">The lowest level that is logged.</param>
/// <param name="ExpiresAt">When the configured level holds again.</param>
public sealed record LogLevelOverride(string Category, LogLevel Level, DateTimeOffset ExpiresAt);
