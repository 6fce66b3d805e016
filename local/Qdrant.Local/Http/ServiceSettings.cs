namespace Qdrant.Local.Http;

/// <summary>Settings under <c>Service</c>. Without keys everybody may do everything.</summary>
internal sealed record ServiceSettings
{
    public string? ApiKey { get; init; }

    public string? ReadOnlyApiKey { get; init; }

    public static ServiceSettings From(IConfiguration configuration) => new()
    {
        ApiKey = NullIfEmpty(configuration["Service:ApiKey"]),
        ReadOnlyApiKey = NullIfEmpty(configuration["Service:ReadOnlyApiKey"]),
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
