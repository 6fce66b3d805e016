using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Rag.Observability.Redaction;

namespace Rag.Observability.Errors.Http;

/// <summary>The HTTP boundary of a service: every error leaves it as problem+json, is logged once and counted once.</summary>
public static class ErrorBoundaryExtensions
{
    /// <summary>Part of <c>AddServiceDefaults</c>.</summary>
    public static TBuilder AddRagErrors<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Redactor>();
        services.AddSingleton<ProblemBody>();
        services.AddSingleton<ErrorObserver>();
        services.AddSingleton<ErrorResponder>();
        services.AddExceptionHandler<RagExceptionHandler>();

        // Otherwise it throws in development only, and elsewhere answers 400 without saying which field.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return builder;
    }

    /// <summary>
    /// The first line after <c>builder.Build()</c>: what stands before it answers errors in its own way.
    /// Authentication, rate limiting and everything else comes after it.
    /// </summary>
    public static WebApplication UseRagErrors(this WebApplication app)
    {
        app.UseMiddleware<RequestIds>();
        app.UseMiddleware<StatusAnswers>();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // Never reached, because the handler takes everything; but the middleware does not start without one.
            ExceptionHandler = static _ => Task.CompletedTask,
            AllowStatusCode404Response = true,
            // Logged once, by the handler.
            SuppressDiagnosticsCallback = static _ => true,
        });
        return app;
    }
}
