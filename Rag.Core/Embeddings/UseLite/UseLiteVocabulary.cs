using System.Text.Json;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>The 8,000 pieces of the model's tokenizer, as a tree of characters. The id of a piece is its index in vocab.json.</summary>
internal sealed class UseLiteVocabulary
{
    /// <summary>Stands where a piece begins a word.</summary>
    public const char WordStart = '▁';

    /// <summary>Id of everything that no piece matches.</summary>
    public const int Unknown = 0;

    /// <summary>Root of the tree, to begin with at <see cref="Child"/>.</summary>
    public const int Root = 0;

    // What comes before is the unknown piece, sentence marks and spare ids: text never matches them.
    private const int FirstPiece = 6;

    // Nodes are numbered breadth first, so a node's children are neighbours: child = _firstChild[node] + index of the character among theirs.
    private readonly int[] _firstChild;
    private readonly char[] _characters;
    private readonly int[] _pieces;
    private readonly double[] _scores;
    private readonly int[] _lengths;

    private UseLiteVocabulary(string[] pieces, double[] scores)
    {
        _scores = scores;
        _lengths = Array.ConvertAll(pieces, p => p.Length);
        _lengths[Unknown] = 1;

        var root = new Node();
        for (var id = FirstPiece; id < pieces.Length; id++)
        {
            if (pieces[id].AsSpan(1).Contains(WordStart)) throw new InvalidDataException($"Piece {id} crosses a word boundary.");
            var node = root;
            foreach (var character in pieces[id])
            {
                if (!node.Children.TryGetValue(character, out var child)) node.Children.Add(character, child = new Node());
                node = child;
            }

            // Of pieces that occur twice the last one counts.
            node.Piece = id;
        }

        var nodes = new List<Node> { root };
        var characters = new List<char> { '\0' };
        var firstChild = new List<int>();
        for (var i = 0; i < nodes.Count; i++)
        {
            firstChild.Add(nodes.Count);
            nodes.AddRange(nodes[i].Children.Values);
            characters.AddRange(nodes[i].Children.Keys);
        }

        firstChild.Add(nodes.Count);
        _firstChild = [.. firstChild];
        _characters = [.. characters];
        _pieces = nodes.ConvertAll(n => n.Piece).ToArray();
    }

    /// <exception cref="InvalidDataException">vocab.json is not this tokenizer's vocabulary.</exception>
    /// <exception cref="IOException">vocab.json is missing or cannot be read.</exception>
    public static UseLiteVocabulary Load(string folder)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "vocab.json")));
            var entries = json.RootElement.EnumerateArray().ToList();
            var pieces = entries.ConvertAll(e => e[0].GetString()!).ToArray();
            // Seven pieces have lost their score in the published file; the reference tokenizer counts them as 0.
            var scores = entries.ConvertAll(e => e[1].ValueKind == JsonValueKind.Null ? 0.0 : e[1].GetDouble()).ToArray();
            if (pieces.Length <= FirstPiece || pieces.Any(string.IsNullOrEmpty)) throw new InvalidDataException("vocab.json has no pieces.");
            return new UseLiteVocabulary(pieces, scores);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new InvalidDataException("vocab.json is not a list of [piece, score].", e);
        }
    }

    /// <summary>The node that <paramref name="character"/> leads to, or -1.</summary>
    public int Child(int node, char character)
    {
        var first = _firstChild[node];
        var index = _characters.AsSpan(first, _firstChild[node + 1] - first).IndexOf(character);
        return index < 0 ? -1 : first + index;
    }

    /// <summary>The piece that ends at the node, or <see cref="Unknown"/>.</summary>
    public int PieceAt(int node) => _pieces[node];

    public double Score(int piece) => _scores[piece];

    /// <summary>Length in characters; 1 for the unknown piece.</summary>
    public int Length(int piece) => _lengths[piece];

    private sealed class Node
    {
        public SortedDictionary<char, Node> Children { get; } = [];

        public int Piece { get; set; }
    }
}
