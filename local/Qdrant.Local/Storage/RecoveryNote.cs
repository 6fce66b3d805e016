namespace Qdrant.Local.Storage;

/// <summary>Something that a start found in a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="IsDamage">False for the torn tail that a crash leaves, which held nothing acknowledged; true for bytes that changed later.</param>
internal sealed record RecoveryNote(string Path, long Offset, long Bytes, bool IsDamage);
