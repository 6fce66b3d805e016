using System.Text.Json;
using System.Text.Json.Serialization;
using Rag.Observability.Errors.Http;

namespace Rag.Api;

/// <summary>What holds for every call: snake_case JSON, strict reading, bounded bodies, one shape of error.</summary>
internal static class HttpContract
{
    public static void AddHttpContract(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBodyLimit.MaxDiscardedBytes;
        });

        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            var options = json.SerializerOptions;
            options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.DictionaryKeyPolicy = null;
            options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            // A misspelt member is told, not silently ignored.
            options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.NumberHandling = JsonNumberHandling.Strict;
            options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        });

    }

    public static void UseHttpContract(this WebApplication app)
    {
        app.UseRagErrors();
        app.UseMiddleware<RequestBodyLimit>();
    }
}
