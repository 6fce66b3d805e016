namespace Qdrant.Local.Storage;

/// <summary>What a record of the log does. The numbers are on disk.</summary>
internal enum RecordKind : byte
{
    /// <summary>Nothing but the use of an operation number (creating or dropping a payload index).</summary>
    None = 0,

    /// <summary>Whole points: id, vectors, payload. An existing point is replaced.</summary>
    Upsert = 1,

    /// <summary>Ids of points that go.</summary>
    Delete = 2,

    /// <summary>Ids with their whole new payload; vectors stay.</summary>
    Payload = 3,

    /// <summary>Whole points with the operation number that last wrote each: what a snapshot is made of.</summary>
    Snapshot = 4,

    /// <summary>The end of a snapshot; its sequence number is the last operation that the snapshot holds.</summary>
    SnapshotEnd = 5,
}
