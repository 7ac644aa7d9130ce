using Microsoft.Playwright;

namespace Distiller.Tests.Dashboard;

/// <summary>One Chromium for all tests; where the machine has none they are skipped.</summary>
internal static class DashboardBrowser
{
    private const string Chromium = "/usr/bin/chromium";
    private static readonly string[] Flags =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private static readonly SemaphoreSlim Gate = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>Skips the test where there is no browser.</summary>
    public static void SkipWithoutChromium()
    {
        if (!File.Exists(Chromium))
        {
            Assert.Ignore($"There is no {Chromium} on this machine.");
        }
    }

    public static async Task<IBrowserContext> ContextAsync(
        string address,
        int width = 1280,
        bool dark = false,
        bool javaScript = true
    )
    {
        SkipWithoutChromium();
        await Gate.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = Chromium,
                    Headless = true,
                    Args = Flags,
                }
            );
        }
        finally
        {
            Gate.Release();
        }

        return await _browser.NewContextAsync(
            new()
            {
                BaseURL = address,
                ViewportSize = new() { Width = width, Height = 900 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                JavaScriptEnabled = javaScript,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
    }

    /// <summary>For a person to look at: into the folder that DISTILLER_SCREENSHOTS names, if it does.</summary>
    public static async Task ShootAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DISTILLER_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    public static async Task CloseAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}
