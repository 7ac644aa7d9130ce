using System.Net;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard;

public sealed class Commands_are_written_down
{
    [Test]
    public async Task a_command_is_written_down_and_the_page_comes_back()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        var path = $"/jobs/{DashboardWorld.Running}";
        var token = await DashboardHost.TokenAsync(client, path);

        using var response = await DashboardHost.PostAsync(client, $"{path}/command", token, ("command", "Pause"));

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Headers.Location!.ToString().ShouldBe(path);
        var run = (await world.Store.FindAsync(DashboardWorld.Running))!;
        run.Command.ShouldBe(RunCommand.Pause);
        run.CommandBy.ShouldBe("the dashboard");
        (await client.GetStringAsync(path)).ShouldContain("asked it to pause");
    }

    [Test]
    public async Task a_command_from_elsewhere_changes_nothing()
    {
        var host = await DashboardHost.Async();
        foreach (var token in new[] { null, "CfDJ8-not-a-token" })
        {
            using var response = await DashboardHost.PostAsync(
                host.Client,
                $"/jobs/{DashboardWorld.Running}/command",
                token,
                ("command", "Cancel")
            );
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        (await host.World.Store.FindAsync(DashboardWorld.Running))!.Command.ShouldBe(RunCommand.None);
        using var get = await host.Client.GetAsync($"/jobs/{DashboardWorld.Running}/command?command=Cancel");
        get.IsSuccessStatusCode.ShouldBeFalse();
    }

    [Test]
    public async Task what_cannot_be_done_is_refused_with_the_reason()
    {
        var host = await DashboardHost.Async();
        var token = await DashboardHost.TokenAsync(host.Client, "/jobs");
        using var over = await DashboardHost.PostAsync(
            host.Client,
            $"/jobs/{DashboardWorld.Finished}/command",
            token,
            ("command", "Cancel")
        );
        over.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await over.Content.ReadAsStringAsync()).ShouldContain("it cannot be cancelled");

        using var twice = await DashboardHost.PostAsync(host.Client, "/tenants/halden/run", token);
        twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await twice.Content.ReadAsStringAsync()).ShouldContain("a night never overlaps itself");

        using var nonsense = await DashboardHost.PostAsync(
            host.Client,
            $"/jobs/{DashboardWorld.Running}/command",
            token,
            ("command", "Explode")
        );
        nonsense.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task a_night_is_asked_for_and_a_schedule_held_and_let_go()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        var token = await DashboardHost.TokenAsync(client, "/jobs");

        using var asked = await DashboardHost.PostAsync(client, "/tenants/quiet/run", token);
        asked.Headers.Location!.ToString().ShouldBe("/jobs/quiet-20260320");
        (await world.Store.FindAsync("quiet-20260320"))!.State.ShouldBe(RunState.Waiting);

        using var held = await DashboardHost.PostAsync(
            client,
            "/tenants/quiet/hold",
            token,
            ("held", "true"),
            ("tenant", "quiet")
        );
        held.Headers.Location!.ToString().ShouldBe("/jobs?tenant=quiet");
        (await world.Store.Tenants.ListAsync()).Single(t => t.Name == "quiet").IsHeld.ShouldBeTrue();
        (await client.GetStringAsync("/jobs?tenant=quiet")).ShouldContain("Let it go on");

        using var let = await DashboardHost.PostAsync(client, "/tenants/quiet/hold", token, ("held", "false"));
        (await world.Store.Tenants.ListAsync()).Single(t => t.Name == "quiet").IsHeld.ShouldBeFalse();
    }
}
