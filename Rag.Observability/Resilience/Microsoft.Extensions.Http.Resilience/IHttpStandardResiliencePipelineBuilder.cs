using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The official package's seam for tuning the pipeline of one client.</summary>
public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>Name of the options: the client's name and <c>-standard</c>.</summary>
    string PipelineName { get; }

    IServiceCollection Services { get; }
}
