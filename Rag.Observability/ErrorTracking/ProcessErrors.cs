using Microsoft.Extensions.Hosting;

namespace Rag.Observability.ErrorTracking;

/// <summary>Errors that nobody was there to catch: forgotten tasks, and threads whose exception ends the process.</summary>
internal sealed class ProcessErrors(ErrorTracker tracker, ErrorWriter writer, TimeProvider time, Random random) : IHostedService
{
    private static readonly ErrorContext ForgottenTask = new(ErrorSource.Process) { Route = "unobserved task" };
    private static readonly ErrorContext Crash = new(ErrorSource.Process) { Route = "unhandled" };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        return Task.CompletedTask;
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args) => tracker.Capture(args.Exception.InnerException ?? args.Exception, ForgottenTask);

    /// <summary>The process ends when this returns: only the disk is quick enough.</summary>
    private void OnUnhandled(object sender, UnhandledExceptionEventArgs args)
    {
        if (args.ExceptionObject is Exception exception)
            writer.SaveLastWords(new CapturedError(ErrorId.Of(exception, Crash, random), time.GetUtcNow(), exception, Crash));
    }
}
