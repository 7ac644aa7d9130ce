using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Distiller.Tests.Dashboard;

/// <summary>The program as it is installed, and a person with a browser: nothing is replaced, nights are small and real.</summary>
public sealed class A_day_at_the_dashboard
{
    private const int Patience = 180_000;

    /// <summary>So often the bar moves before a reader's eyes.</summary>
    private const int MovesSeen = 3;

    /// <summary>A bar that is there is enough for who wants to stop it, and a busy machine leaves little time.</summary>
    private const int Begun = 1;

    /// <summary>Values of the bar that this document has shown, without having been fetched anew meanwhile.</summary>
    private const string MovesOfTraining = """
        () => {
          const stage = document.querySelector('[data-live="stage"]');
          if (!stage || stage.textContent !== 'distill') return 0;
          const seen = window.seenHere ??= new Set();
          seen.add(document.querySelector('[data-live="progress"]').value);
          return seen.size;
        }
        """;

    private readonly List<string> _errors = [];
    private SmallHome _home = null!;
    private ServerProcess _server = null!;
    private IBrowserContext _context = null!;
    private IPage _page = null!;

    [OneTimeSetUp]
    public void NeedABrowser() => DashboardBrowser.SkipWithoutChromium();

    [SetUp]
    public async Task OpenAsync()
    {
        _home = new SmallHome();
        _server = await ServerProcess.StartAsync(_home.Path, _home.TokenFile);
        _context = await DashboardBrowser.ContextAsync(_server.Address);
        _context.SetDefaultTimeout(Patience);
        _page = await _context.NewPageAsync();
        _page.PageError += (_, e) => _errors.Add(e);
        _page.Console += (_, m) =>
        {
            if (m.Type is "error" or "warning")
            {
                _errors.Add(m.Text);
            }
        };
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _context.DisposeAsync();
        _server.Dispose();
        _home.Dispose();
    }

    [Test]
    public async Task from_log_in_to_log_out()
    {
        await LogInAsync();
        var first = await RunNowAsync();
        await WatchTrainingAsync(MovesSeen);
        await LookAsync("day-running");
        await FinishedAsync("day-first");
        await ReadEveryPageAsync();
        await ReadHostileEpisodeAsync();
        await RejectAPatternAsync();
        await CorrectQuarantineAsync();

        var second = await RunNowAsync();
        second.ShouldNotBe(first);
        await InterruptAsync();
        await FinishedAsync("day-second");

        await PromoteAndRollBackAsync();
        await LogOutAsync();
        var end = await _server.StopAsync();
        end.ExitCode.ShouldBe(0, end.ToString());
        end.Error.ShouldNotContain("ERROR", customMessage: end.Error);
        (end.Output + end.Error).Any(c => c is '\u001b' or '\u202e' or '\u2066').ShouldBeFalse(end.ToString());
    }

    private async Task LogInAsync()
    {
        await _page.GotoAsync("/jobs");
        _page.Url.ShouldContain("/login?to=");
        await _page.GetByLabel("Token").FillAsync(SmallHome.Token);
        await DashboardBrowser.ShootAsync(_page, "day-log-in");
        await Button("Log in").ClickAsync();
        await LookAsync("day-jobs-empty");
        _page.Url.ShouldEndWith("/jobs");
    }

    private async Task<string> RunNowAsync()
    {
        await _page.GotoAsync("/jobs");
        await Button($"Run a night of {SmallHome.Tenant} now").ClickAsync();
        await _page.WaitForURLAsync(new Regex($"/jobs/{SmallHome.Tenant}-"));
        return _page.Url[(_page.Url.LastIndexOf('/') + 1)..];
    }

    private async Task WatchTrainingAsync(int moves)
    {
        var deadline = Environment.TickCount64 + Patience;
        while (await SeenAsync() < moves)
        {
            Environment.TickCount64.ShouldBeLessThan(deadline, "the bar does not move");
            await Task.Delay(100);
        }

        async Task<int> SeenAsync()
        {
            try
            {
                return await _page.EvaluateAsync<int>(MovesOfTraining);
            }
            catch (PlaywrightException)
            {
                return 0; // The page is being fetched anew, as it is when a stage begins.
            }
        }
    }

    private async Task FinishedAsync(string name)
    {
        await StateAsync("finished");
        await LookAsync(name);
        var stages = _page.Locator("table.stages tbody tr");
        string[] names = ["collect", "reduce", "mine", "distill", "quantize", "evaluate", "publish"];
        (await stages.Locator("th").AllInnerTextsAsync()).Select(t => Regex.Match(t, "^[a-z]+").Value).ShouldBe(names);
        (await stages.Locator(".badge").AllInnerTextsAsync()).ShouldAllBe(t => t == "finished");
        foreach (var link in await stages.Locator("a").AllAsync())
        {
            var answer = await _page.APIRequest.GetAsync((await link.GetAttributeAsync("href"))!);
            answer.Status.ShouldBe(200, answer.Url);
        }

        (await _page.Locator("#lines li").CountAsync()).ShouldBeGreaterThan(3);
    }

    private async Task ReadEveryPageAsync()
    {
        var pages = _page.Locator("nav[aria-label=Pages]");
        foreach (var name in await pages.Locator("a").AllInnerTextsAsync())
        {
            await pages.GetByText(name, new() { Exact = true }).ClickAsync();
            await Assertions.Expect(pages.Locator("[aria-current=page]")).ToHaveTextAsync(name);
            await LookAsync($"day-{name.ToLowerInvariant()}");
        }
    }

    private async Task ReadHostileEpisodeAsync()
    {
        await _page.GotoAsync("/episodes");
        await _page.Locator("tbody a", new() { HasText = Hostile.Script }).ClickAsync();
        await LookAsync("day-hostile");
        var text = await _page.Locator("main").InnerTextAsync();
        text.ShouldContain(Hostile.Image);
        text.ShouldContain("[U+001B][2J");
        text.ShouldContain("[U+202E]gnp.exe");
    }

    private async Task RejectAPatternAsync()
    {
        await _page.GotoAsync("/patterns");
        await _page.Locator("tbody th a").First.ClickAsync();
        await _page.GetByLabel("Why (may stay empty)").FillAsync("the desk does this now " + Hostile.Script);
        await _page.Locator("button[value=Rejected]").ClickAsync();
        await LookAsync("day-rejected");
        var decision = _page.Locator(".decision");
        await Assertions.Expect(decision.Locator(".badge")).ToHaveTextAsync("rejected");
        await Assertions.Expect(decision).ToContainTextAsync("somebody at 127.0.0.1");
        await Assertions.Expect(decision).ToContainTextAsync("the desk does this now " + Hostile.Script);
    }

    private async Task CorrectQuarantineAsync()
    {
        await _page.GotoAsync("/quarantine");
        var record = _page.Locator(".records > li");
        await Assertions.Expect(record).ToHaveCountAsync(1);
        await Assertions.Expect(record).ToContainTextAsync("late.jsonl:2");
        await record.Locator("button").ClickAsync();
        await Assertions.Expect(_page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("0 records could be read now.");
        _home.CorrectLateFile();
        await record.Locator("button").ClickAsync();
        await LookAsync("day-corrected");
        await Assertions.Expect(_page.Locator("main")).ToContainTextAsync("Everything could be read");
    }

    /// <summary>A night is paused in its training, goes on, is cancelled there and tried again.</summary>
    private async Task InterruptAsync()
    {
        await WatchTrainingAsync(Begun);
        await _page.Locator(".buttons").GetByText("Pause").ClickAsync();
        await StateAsync("paused");
        await LookAsync("day-paused");
        await _page.Locator(".buttons").GetByText("Go on").ClickAsync();
        await WatchTrainingAsync(Begun);
        await _page.Locator(".buttons summary").ClickAsync();
        await _page.GetByText("Cancel this night").ClickAsync();
        await StateAsync("cancelled");
        await LookAsync("day-cancelled");
        await Assertions.Expect(_page.Locator(".reason")).ToContainTextAsync("somebody at 127.0.0.1");
        await _page.Locator(".buttons").GetByText("Try again").ClickAsync();
    }

    private async Task PromoteAndRollBackAsync()
    {
        await _page.GotoAsync("/releases");
        var ids = await _page.Locator("tbody th a").AllInnerTextsAsync();
        ids.Count.ShouldBe(2, "a night without the rejected pattern makes another release");
        foreach (var id in ids.Reverse())
        {
            await _page.GotoAsync($"/releases/{id}");
            await _page.GetByText("Promote to stable").ClickAsync();
            await Assertions.Expect(_page.Locator(".titled .badge")).ToHaveTextAsync("stable");
        }

        await LookAsync("day-promoted");
        await _page.GotoAsync("/releases");
        await _page.GetByText("Roll back…").ClickAsync();
        await Button($"Roll back to {ids[1]}").ClickAsync();
        await LookAsync("day-rolled-back");
        await Assertions.Expect(_page.Locator("tbody tr", new() { HasText = "stable" })).ToContainTextAsync(ids[1]);
        await Assertions.Expect(_page.Locator(".lineage li").First).ToContainTextAsync("rolled back to");
    }

    private async Task LogOutAsync()
    {
        await Button("Log out").ClickAsync();
        await _page.WaitForURLAsync("**/login");
        await _page.GotoAsync("/");
        _page.Url.ShouldEndWith("/login");
        _errors.ShouldBeEmpty();
    }

    /// <summary>The page follows the run by itself.</summary>
    private Task StateAsync(string state) =>
        Assertions.Expect(_page.Locator(".titled .badge")).ToHaveTextAsync(state, new() { Timeout = Patience });

    /// <summary>Nothing is wrong with the page that is shown.</summary>
    private async Task LookAsync(string name)
    {
        await _page.WaitForSelectorAsync("html[data-ready='1']");
        _errors.ShouldBeEmpty(_page.Url);
        (await _page.TitleAsync()).ShouldContain("Distiller", customMessage: _page.Url);
        (await _page.Locator("h1").CountAsync()).ShouldBe(1, _page.Url);
        (await _page.Locator("main script, main img, main b").CountAsync()).ShouldBe(0, _page.Url);
        var over = await _page.EvaluateAsync<int>(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        );
        over.ShouldBeLessThanOrEqualTo(0, $"{_page.Url} can be pushed sideways");
        var text = await _page.Locator("body").InnerTextAsync();
        text.Any(c => c is '\u001b' or '\u202e' or '\u2066').ShouldBeFalse(_page.Url);
        await DashboardBrowser.ShootAsync(_page, name);
    }

    private ILocator Button(string name) => _page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
