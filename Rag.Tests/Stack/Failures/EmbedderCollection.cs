namespace Rag.Tests.Stack.Failures;

/// <summary>Tests that share a running stack whose embedding server they break.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EmbedderCollection : ICollectionFixture<EmbedderStack>
{
    public const string Name = "stack with a breakable embedder";
}
