using System.Text.Json;
using System.Text.Json.Serialization;
using Rag.Api.Access;
using Rag.Observability.Access;
using Rag.Observability.Audit;
using Rag.Observability.Errors.Http;
using Rag.Observability.Logging;

namespace Rag.Api;

/// <summary>What holds for every call: snake_case JSON, strict reading, bounded bodies, one shape of error, who may call what.</summary>
internal static class HttpContract
{
    public static void AddHttpContract(this WebApplicationBuilder builder)
    {
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

        builder.AddAudit();
        builder.AddAccess(ApiAccess.Rules);
    }

    public static void UseHttpContract(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseRagErrors();
        app.UseRequestLogging();
        app.UseMiddleware<RequestBodyLimit>();
        app.UseFileServer(); // the question page: wwwroot/index.html
        app.UseAccess();
    }
}
