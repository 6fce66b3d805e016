namespace Rag.Tests.Stack;

/// <summary>Tests that share one running stack; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class StackCollection : ICollectionFixture<StackFixture>
{
    public const string Name = "stack";
}
