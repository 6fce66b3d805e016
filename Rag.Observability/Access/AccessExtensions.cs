using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Audit;
using Rag.Observability.Storage;

namespace Rag.Observability.Access;

public static class AccessExtensions
{
    /// <summary>Who sends a header for longer than this keeps a connection busy on purpose.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// API keys with roles, the table of who may call what, limits for requests and times. Needs <c>AddAudit</c>. Keys are required except in development;
    /// <c>Auth:Required</c> says otherwise.
    /// </summary>
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder, IEnumerable<AccessRule> rules)
    {
        var services = builder.Services;
        var isDevelopment = builder.Environment.IsDevelopment();
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart()
            .PostConfigure(options => options.Required ??= !isDevelopment)
            .Validate(options => isDevelopment || !options.IsOpen, "Auth:Required=false is for development only.");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new AccessRules(rules));
        services.AddSingleton<AttemptLimits>();
        services.AddSingleton<RequestBudgets>();
        if (ObservabilityDatabase.IsConfigured(builder.Configuration))
        {
            ObservabilityDatabase.Register(services);
            services.AddSingleton<ApiKeyStore>();
        }

        services.AddSingleton(provider => new ApiKeyDirectory(
            provider.GetService<ApiKeyStore>(), provider.GetRequiredService<IOptions<AccessOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ApiKeyDirectory>>()));
        services.AddSingleton(provider => new ApiKeys(
            provider.GetService<ApiKeyStore>(), provider.GetRequiredService<ApiKeyDirectory>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<TimeProvider>()));

        services.AddAuthentication(ApiKeyHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddSingleton<IAuthorizationHandler, AccessRequirement.Handler>();
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new AccessRequirement()).Build())
            .SetDefaultPolicy(new AuthorizationPolicyBuilder().AddRequirements(new AccessRequirement()).Build());

        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<AccessOptions>>((timeouts, access) =>
        {
            timeouts.DefaultPolicy = Policy(access.Value.RequestTimeout);
            timeouts.AddPolicy(AccessOptions.LongRequests, Policy(access.Value.LongRequestTimeout));
        });
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        });
        return builder;
    }

    /// <summary>The first of all: every answer has them, errors and static files too.</summary>
    public static WebApplication UseSecurityHeaders(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        return app;
    }

    /// <summary>Behind <c>UseRagErrors</c>, <c>UseRequestLogging</c> and the static files that anybody may have; before the endpoints.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseMiddleware<RateLimiting>();
        app.UseAuthorization();
        app.UseMiddleware<AccessAudit>();
        app.UseRequestTimeouts();
        return app;
    }

    private static RequestTimeoutPolicy Policy(TimeSpan limit) => new() { Timeout = limit, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout };
}
