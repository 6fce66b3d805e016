using Rag.Observability.ErrorTracking;
using Rag.Observability.ErrorTracking.Storage;
using Rag.Observability.ErrorTracking.Upkeep;

namespace Rag.Tests.Unit.ErrorTracking;

public sealed class GroupDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LongAgo = Now.AddDays(-30);

    [Fact]
    [Trait("Seed", "T8")]
    public void A_resolved_group_that_is_seen_later_has_regressed()
    {
        var after = GroupDecision.Resolved(Now, null).After(Now.AddMinutes(1), "1.0.0", 2);

        Assert.Equal(GroupState.Regressed, after.StateAt(Now.AddMinutes(2), LongAgo));
        Assert.Equal(GroupState.Ongoing, after.StateAt(Now.AddDays(8), LongAgo));
    }

    [Fact]
    [Trait("Seed", "T8")]
    public void The_events_time_decides_not_that_of_its_arrival()
    {
        var resolved = GroupDecision.Resolved(Now, null);

        Assert.Equal(GroupState.Resolved, resolved.After(Now.AddSeconds(-1), "1.0.0", 2).StateAt(Now.AddHours(5), LongAgo));
    }

    [Theory]
    [InlineData("1.1.9", GroupState.Resolved)]
    [InlineData("1.2.0-beta.1", GroupState.Resolved)]
    [InlineData("1.2.0", GroupState.Regressed)]
    [InlineData("1.2.0+abc", GroupState.Regressed)]
    [InlineData("1.10.0", GroupState.Regressed)]
    public void Resolved_in_a_version_only_that_version_and_later_ones_count(string version, GroupState state) =>
        Assert.Equal(state, GroupDecision.Resolved(Now, "1.2.0").After(Now.AddDays(1), version, 2).StateAt(Now.AddDays(1), LongAgo));

    [Fact]
    public void Where_a_version_cannot_be_compared_the_time_decides() =>
        Assert.Equal(GroupState.Regressed, GroupDecision.Resolved(Now, "1.2.0").After(Now.AddDays(1), "9f8e7d6", 2).StateAt(Now.AddDays(1), LongAgo));

    [Fact]
    public void Ignored_until_a_time_or_a_count_or_for_good()
    {
        var untilTime = GroupDecision.Ignored(Now, Now.AddHours(1), null, untilEscalates: false);
        Assert.Equal(GroupState.Ignored, untilTime.After(Now.AddMinutes(30), "1", 10).StateAt(Now.AddMinutes(30), LongAgo));
        Assert.Equal(GroupState.Ongoing, untilTime.StateAt(Now.AddHours(1), LongAgo));
        Assert.Equal(GroupStatus.Open, untilTime.After(Now.AddHours(2), "1", 10).Status);

        var untilCount = GroupDecision.Ignored(Now, null, 100, untilEscalates: false);
        Assert.Equal(GroupStatus.Ignored, untilCount.After(Now, "1", 99).Status);
        Assert.Equal(GroupStatus.Open, untilCount.After(Now, "1", 100).Status);

        Assert.Equal(GroupState.Ignored, GroupDecision.Ignored(Now, null, null, false).After(Now.AddYears(1), "1", 1_000_000).StateAt(Now.AddYears(1), LongAgo));
    }

    [Fact]
    public void Ignored_until_it_escalates()
    {
        var ignored = GroupDecision.Ignored(Now, null, null, untilEscalates: true);

        Assert.Equal(ignored, ignored.AfterLook(isEscalating: false, Now));
        Assert.Equal(GroupState.Escalating, ignored.AfterLook(isEscalating: true, Now).StateAt(Now, LongAgo));
        Assert.Equal(GroupState.Ignored, GroupDecision.Ignored(Now, null, null, false).AfterLook(isEscalating: true, Now).StateAt(Now, LongAgo));
    }

    [Fact]
    public void New_for_a_week_then_ongoing_and_escalating_for_as_long_as_it_does()
    {
        var open = new GroupDecision();
        Assert.Equal(GroupState.New, open.StateAt(Now, Now.AddDays(-6)));
        Assert.Equal(GroupState.Ongoing, open.StateAt(Now, Now.AddDays(-7)));

        var escalating = open.AfterLook(isEscalating: true, Now);
        Assert.Equal(Now, escalating.AfterLook(isEscalating: true, Now.AddHours(1)).EscalatingSince);
        Assert.Equal(GroupState.Escalating, escalating.StateAt(Now, Now));
        Assert.Equal(GroupState.Ongoing, escalating.AfterLook(isEscalating: false, Now.AddHours(2)).StateAt(Now, LongAgo));
    }

    [Theory]
    [InlineData("1.2.3", "1.2.3", 0)]
    [InlineData("1.2", "1.2.0", 0)]
    [InlineData("v2.0.0", "10.0.0", -1)]
    [InlineData("1.0.0-alpha", "1.0.0", -1)]
    [InlineData("1.0.0-alpha.2", "1.0.0-alpha.10", -1)]
    [InlineData("1.0.0-alpha", "1.0.0-beta", -1)]
    [InlineData("1.0.0+1", "1.0.0+2", 0)]
    public void Versions_compare_as_semantic_versions(string left, string right, int order)
    {
        Assert.Equal(order, Math.Sign(ReleaseVersion.TryParse(left)!.CompareTo(ReleaseVersion.TryParse(right))));
        Assert.Equal(-order, Math.Sign(ReleaseVersion.TryParse(right)!.CompareTo(ReleaseVersion.TryParse(left))));
    }

    [Fact]
    public void Escalation_is_measured_against_the_groups_own_week()
    {
        Assert.Equal(10, EscalationLimit.Of([], isYoung: true));
        Assert.Equal(300, EscalationLimit.Of([5, 30, 2], isYoung: true));
        Assert.Equal(10, EscalationLimit.Of([.. Enumerable.Repeat(0L, 168)], isYoung: false));

        // Steady: no deviation, so average + 5 x average; and max x 5.
        Assert.Equal(600, EscalationLimit.Of([.. Enumerable.Repeat(100L, 168)], isYoung: false), precision: 6);

        // One burst in a quiet week: its return at the same height is no escalation, at twice the height it is.
        long[] burst = [.. Enumerable.Repeat(1L, 100), 500, .. Enumerable.Repeat(1L, 67)];
        Assert.InRange(EscalationLimit.Of(burst, isYoung: false), 501, 1000);
    }
}
