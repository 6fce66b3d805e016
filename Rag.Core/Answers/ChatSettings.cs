using System.ComponentModel.DataAnnotations;

namespace Rag.Core.Answers;

/// <summary>Who words the answers, and within which bounds. Configuration section <c>Chat</c>.</summary>
public sealed class ChatSettings : IValidatableObject
{
    public const string Section = "Chat";

    /// <summary><c>extractive</c>: in this process, quotes sentences. <c>openai</c>: any server with OpenAI's chat completions call (Ollama, vLLM, OpenAI…).</summary>
    [RegularExpression("extractive|openai", ErrorMessage = "Chat:Provider must be extractive or openai.")]
    public string Provider { get; set; } = "extractive";

    /// <summary>openai: base address, for example <c>http://localhost:11434/v1</c>.</summary>
    public Uri Endpoint { get; set; } = new("https://api.openai.com/v1");

    /// <summary>openai: API key; servers on the own machine mostly want none.</summary>
    public string? Key { get; set; }

    /// <summary>openai: name of the model.</summary>
    public string Model { get; set; } = "gpt-4o-mini";

    /// <summary>Longest wait until the model begins to answer, and then between two pieces of the answer.</summary>
    public TimeSpan PieceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time for a whole answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a refused or failed call is made again before the extractive generator steps in.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Longest answer, in tokens.</summary>
    [Range(1, 100_000)]
    public int MaxOutputTokens { get; set; } = 800;

    /// <summary>How much text of passages the model is given, in characters. Passages behind that are left out.</summary>
    [Range(100, 10_000_000)]
    public int MaxPassageCharacters { get; set; } = 24_000;

    public bool IsOpenAI => Provider == "openai";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PieceTimeout <= TimeSpan.Zero || PieceTimeout > Timeout)
            yield return new ValidationResult($"{Section}:{nameof(PieceTimeout)} must be more than 0 and at most {Section}:{nameof(Timeout)}.", [nameof(PieceTimeout)]);
        if (Endpoint is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            yield return new ValidationResult($"{Section}:{nameof(Endpoint)} must be an http or https address.", [nameof(Endpoint)]);
    }
}
