using RagObservability.AppHost;

namespace Rag.Tests.Unit.Hosting;

public sealed class AppHostOptionsTests
{
    [Fact]
    public void Nothing_said_means_the_fixed_front_doors()
    {
        var options = AppHostOptions.Parse([]);

        Assert.Equal((5080, 5090, 18888), (options.ApiPort, options.MonitorPort, options.DashboardPort));
        Assert.Equal(Infrastructure.Auto, options.Infrastructure);
        Assert.Null(options.DataFolder);
        Assert.False(options.Fresh);
        Assert.Equal(1, options.Workers);
    }

    [Fact]
    public void Every_option_is_read_in_both_spellings()
    {
        var options = AppHostOptions.Parse(
            ["--infrastructure=embedded", "--data", "/d", "--fresh", "--api-port", "1", "--monitor-port=2", "--dashboard-port", "3", "--workers=4"]);

        Assert.Equal(Infrastructure.Embedded, options.Infrastructure);
        Assert.Equal("/d", options.DataFolder);
        Assert.True(options.Fresh);
        Assert.Equal(4, options.Workers);
        Assert.Equal((1, 2, 3), (options.ApiPort, options.MonitorPort, options.DashboardPort));
    }

    [Fact]
    public void Port_0_means_any_free_one()
    {
        var options = AppHostOptions.Parse(["--api-port", "0", "--monitor-port", "0", "--dashboard-port", "0"]);

        Assert.Null(options.ApiPort);
        Assert.Null(options.MonitorPort);
        Assert.Equal(0, options.DashboardPort);
    }

    [Fact]
    public void Settings_of_the_configuration_are_passed_over() =>
        Assert.Equal(7, AppHostOptions.Parse(["--Parameters:qdrant-key", "--fresh", "--Logging:LogLevel:Default=Debug", "--api-port", "7"]).ApiPort);

    [Theory]
    [InlineData("--bogus")]
    [InlineData("5080")]
    [InlineData("--api-port")]
    [InlineData("--api-port", "65536")]
    [InlineData("--api-port", "-1")]
    [InlineData("--api-port", "http")]
    [InlineData("--workers", "0")]
    [InlineData("--workers", "33")]
    [InlineData("--infrastructure", "docker")]
    [InlineData("--data", "")]
    [InlineData("--fresh=yes")]
    public void What_makes_no_sense_is_refused(params string[] args) => Assert.Throws<UsageException>(() => AppHostOptions.Parse(args));

    [Fact]
    public void A_refused_command_line_starts_nothing_and_exits_with_2()
    {
        Assert.False(CommandLine.TryRead(["--bogus"], out _, out var exitCode));
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public void Help_starts_nothing_and_is_no_error()
    {
        Assert.False(CommandLine.TryRead(["--help"], out _, out var exitCode));
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void Containers_are_refused_without_the_official_packages()
    {
        Assert.False(CommandLine.TryRead(["--infrastructure", "containers"], out _, out var exitCode));
        Assert.Equal(2, exitCode);
    }
}
