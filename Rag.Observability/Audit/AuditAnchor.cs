namespace Rag.Observability.Audit;

/// <summary>The last event that retention removed, from which the chain goes on; number 0 when none was.</summary>
internal sealed record AuditAnchor(long Sequence, byte[] Hash, byte[]? Seal)
{
    public static AuditAnchor None { get; } = new(0, AuditChain.Start, Seal: null);

    public static AuditAnchor Set(long sequence, byte[] hash, AuditChain chain) => new(sequence, hash, SealOf(sequence, hash, chain));

    /// <summary>Whether it was set by somebody who can write the chain.</summary>
    public bool IsGenuine(AuditChain chain) => Sequence == 0
        ? Hash.AsSpan().SequenceEqual(AuditChain.Start)
        : Seal is not null && Seal.AsSpan().SequenceEqual(SealOf(Sequence, Hash, chain));

    /// <summary>No event has a negative number, so that no event's hash is a seal.</summary>
    private static byte[] SealOf(long sequence, byte[] hash, AuditChain chain) => chain.Next(hash, -sequence, "anchor");
}
