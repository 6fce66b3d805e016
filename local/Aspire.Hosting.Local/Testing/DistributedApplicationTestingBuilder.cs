using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs a real AppHost inside a test. The dashboard is off unless the test switches it on.</summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>(args, static (_, _) => { }, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default) =>
        CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    /// <param name="entryPoint">Any type of the AppHost's assembly, such as <c>Projects.AppHost</c>.</param>
    /// <param name="args">The command line of the AppHost.</param>
    /// <param name="configureBuilder">Changes the options before the application is composed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint,
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        var session = new EntryPointSession(entryPoint.Assembly, args, configureBuilder);
        try
        {
            return new TestingBuilder(await session.ComposeAsync(cancellationToken), session);
        }
        catch
        {
            session.End();
            throw;
        }
    }

    private sealed class TestingBuilder(DistributedApplicationBuilder composed, EntryPointSession session) : IDistributedApplicationTestingBuilder
    {
        private DistributedApplication? _application;

        public ConfigurationManager Configuration => composed.Configuration;

        public string AppHostDirectory => composed.AppHostDirectory;

        public Assembly? AppHostAssembly => composed.AppHostAssembly;

        public IHostEnvironment Environment => ((IDistributedApplicationBuilder)composed).Environment;

        public IServiceCollection Services => composed.Services;

        public DistributedApplicationExecutionContext ExecutionContext => composed.ExecutionContext;

        public IDistributedApplicationEventing Eventing => composed.Eventing;

        public IResourceCollection Resources => composed.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource => composed.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => composed.CreateResourceBuilder(resource);

        public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

        public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) =>
            _application = await session.BuildAsync(cancellationToken);

        public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

        public async ValueTask DisposeAsync()
        {
            if (_application is not null) await _application.DisposeAsync();
            session.End();
        }
    }
}
