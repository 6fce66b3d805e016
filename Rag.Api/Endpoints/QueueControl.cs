namespace Rag.Api.Endpoints;

/// <summary>Whether workers take jobs.</summary>
public sealed record QueueControl(bool IsPaused);
