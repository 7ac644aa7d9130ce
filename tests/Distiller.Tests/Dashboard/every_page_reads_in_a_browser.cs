using System.Globalization;
using Microsoft.Playwright;

namespace Distiller.Tests.Dashboard;

public sealed class Every_page_reads_in_a_browser
{
    /// <summary>WCAG 2 contrast of every text against the first opaque background behind it; what is below AA is told.</summary>
    private const string PoorContrast = """
        () => {
          const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m[3] ?? 1 }; };
          const light = c => { const f = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b); };
          const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.a === 1) return c; } return { r: 255, g: 255, b: 255 }; };
          const poor = [];
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const e = texts.currentNode.parentElement;
            if (!texts.currentNode.textContent.trim() || !e.checkVisibility() || e.closest('svg, .skip, .unseen, option')) continue;
            const style = getComputedStyle(e);
            const [a, b] = [light(rgb(style.color)), light(behind(e))].sort((x, y) => y - x);
            const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
            if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) poor.push(`${((a + 0.05) / (b + 0.05)).toFixed(2)} ${e.className || e.tagName}: ${texts.currentNode.textContent.trim().slice(0, 40)}`);
          }
          return [...new Set(poor)].join('\n');
        }
        """;

    private const string IsDrawn = """
        () => [...document.querySelectorAll('[data-chart] canvas')].every(c =>
          c.width > 100 && new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size > 10)
        """;

    [TestCase(1280, false)]
    [TestCase(1280, true)]
    [TestCase(390, false)]
    [TestCase(390, true)]
    public async Task without_errors_overflow_or_faint_text(int width, bool dark)
    {
        var host = await DashboardHost.Async();
        await using var context = await DashboardBrowser.ContextAsync(host.Address, width, dark);
        var page = await context.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, e) => errors.Add(e);
        page.Console += (_, m) =>
        {
            if (m.Type is "error" or "warning")
            {
                errors.Add(m.Text);
            }
        };
        foreach (var (name, path) in DashboardPaths.Of(host.World))
        {
            var response = await page.GotoAsync(path);
            response!.Status.ShouldBe(200, path);
            await page.WaitForSelectorAsync("html[data-ready='1']");
            var where = string.Create(
                CultureInfo.InvariantCulture,
                $"{path} at {width} px, {(dark ? "dark" : "light")}"
            );
            errors.ShouldBeEmpty(where);
            (await page.TitleAsync()).ShouldContain("Distiller", customMessage: where);
            var over = await page.EvaluateAsync<int>(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            );
            over.ShouldBeLessThanOrEqualTo(0, $"{where} can be pushed sideways");
            (await page.EvaluateAsync<string>(PoorContrast)).ShouldBeEmpty(where);
            (await page.Locator("h1").CountAsync()).ShouldBe(1, where);
            var charts = await page.Locator("[data-chart]").CountAsync();
            (await page.Locator("[data-chart] canvas").CountAsync()).ShouldBe(charts, where);
            (await page.EvaluateAsync<bool>(IsDrawn)).ShouldBeTrue($"{where}: an empty chart");
            await DashboardBrowser.ShootAsync(page, $"{name}-{width}-{(dark ? "dark" : "light")}");
        }
    }

    [Test]
    public async Task with_charts_that_fit_when_the_window_changes()
    {
        const string Fits =
            "() => [...document.querySelectorAll('.plot')].every(p => p.querySelector('.uplot').offsetWidth === p.clientWidth)";
        var host = await DashboardHost.Async();
        await using var context = await DashboardBrowser.ContextAsync(host.Address, 1280);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/?tenant=halden");
        foreach (var width in new[] { 390, 900, 1280 })
        {
            await page.SetViewportSizeAsync(width, 800);
            await page.WaitForFunctionAsync(Fits);
        }
    }

    [Test]
    public async Task without_a_script()
    {
        var host = await DashboardHost.Async();
        await using var context = await DashboardBrowser.ContextAsync(host.Address, javaScript: false);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs", Exact = true }).ClickAsync();
        await page.GetByLabel("State").SelectOptionAsync("failed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = DashboardWorld.Failed }).ClickAsync();
        (await page.Locator("h1").InnerTextAsync()).ShouldBe(DashboardWorld.Failed);

        await page.GotoAsync("/?tenant=halden");
        (await page.Locator(".plot").First.IsVisibleAsync()).ShouldBeFalse("an empty chart");
        await page.Locator("[data-chart] summary").First.ClickAsync();
        (await page.Locator("[data-chart] tbody tr").First.InnerTextAsync()).ShouldContain("13 Mar");
    }

    [Test]
    public async Task with_the_keyboard_alone()
    {
        var host = await DashboardHost.Async();
        await using var context = await DashboardBrowser.ContextAsync(host.Address);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/jobs/{DashboardWorld.Running}");
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<string>("() => document.activeElement.className")).ShouldBe("skip");
        (await page.Locator(".skip").BoundingBoxAsync())!.Y.ShouldBeGreaterThanOrEqualTo(0);
        await page.Keyboard.PressAsync("Enter");
        var reached = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(
                await page.EvaluateAsync<string>(
                    "() => { const e = document.activeElement; return e.closest('main') ? e.textContent.trim() : ''; }"
                )
            );
            var ring = await page.EvaluateAsync<string>(
                "() => document.activeElement === document.body ? 'solid' : getComputedStyle(document.activeElement).outlineStyle"
            );
            ring.ShouldBe("solid", "what has the focus shows it");
        }

        var wanted = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('main a, main button, main summary')].filter(e => e.checkVisibility()).map(e => e.textContent.trim())"
        );
        wanted.ShouldContain("Pause");
        wanted.ShouldContain("Cancel…");
        wanted.Except(reached).ShouldBeEmpty();
    }

    [Test]
    public async Task with_hostile_text_that_stays_text()
    {
        var host = await DashboardHost.Async();
        await using var context = await DashboardBrowser.ContextAsync(host.Address);
        var page = await context.NewPageAsync();
        foreach (
            var path in new[]
            {
                $"/jobs/{DashboardWorld.Failed}",
                $"/jobs/{DashboardWorld.Running}",
                "/patterns?tenant=halden",
                "/quarantine?tenant=halden",
                $"/episodes/{host.World.Workspace.HostileEpisode.Value}?tenant=halden",
            }
        )
        {
            await page.GotoAsync(path);
            await page.WaitForSelectorAsync("html[data-ready='1']");
            (await page.TitleAsync()).ShouldNotContain("owned");
            (await page.Locator("main script, main img").CountAsync()).ShouldBe(0, path);
            var text = await page.Locator("main").InnerTextAsync();
            text.ShouldContain(Hostile.Script, customMessage: path);
            text.ShouldContain("[U+001B][2J", customMessage: path);
            text.ShouldContain("[U+202E]gnp.exe", customMessage: path);
            text.Any(c => c is '\u001b' or '\u202e' or '\u2066').ShouldBeFalse(path);
        }
    }

    [Test]
    public async Task while_a_night_goes_on()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        await using var context = await DashboardBrowser.ContextAsync(app.Urls.First());
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/jobs/{DashboardWorld.Running}");
        (await page.Locator("[data-live=percent]").InnerTextAsync()).ShouldBe("43\u00a0%");

        await world.Store.ProgressAsync(
            DashboardWorld.Running,
            "distill",
            0.87,
            "step 522 of 600",
            TimeSpan.FromMinutes(5)
        );
        await world.Store.Log.AddAsync(DashboardWorld.Running, "warning", Hostile.All);
        await Assertions
            .Expect(page.Locator("[data-live=percent]"))
            .ToHaveTextAsync("87\u00a0%", new() { Timeout = 20_000 });
        await Assertions.Expect(page.Locator("[data-live=note]")).ToHaveTextAsync("step 522 of 600");
        await Assertions.Expect(page.Locator("#lines li").Last).ToContainTextAsync(Hostile.Script);
        (await page.Locator("progress").EvaluateAsync<double>("p => p.value")).ShouldBe(0.87, 0.001);
        (await page.TitleAsync()).ShouldNotContain("owned");

        await world.Store.ChangeAsync(
            DashboardWorld.Running,
            r =>
                r with
                {
                    State = Distiller.Jobs.Scheduling.Store.RunState.Paused,
                    Reason = "the window closed; it goes on at 22:00",
                }
        );
        await Assertions
            .Expect(page.Locator(".reason"))
            .ToHaveTextAsync("the window closed; it goes on at 22:00", new() { Timeout = 20_000 });
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Go on" })).ToBeVisibleAsync();
    }
}
