using Distiller.Runs;

namespace Distiller.Dashboard.Layout;

internal static class WishWords
{
    public static string Of(RunWish wish) =>
        wish switch
        {
            RunWish.Pause => "pause",
            RunWish.Resume => "go on",
            RunWish.Cancel => "end",
            RunWish.Retry => "try again",
            _ => "do nothing",
        };

    /// <summary>On a button.</summary>
    public static string Button(RunWish wish) =>
        wish switch
        {
            RunWish.Pause => "Pause",
            RunWish.Resume => "Go on",
            RunWish.Cancel => "Cancel",
            _ => "Try again",
        };
}
