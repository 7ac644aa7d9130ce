namespace Distiller.Tests.Training;

internal static class Agreement
{
    public static float Furthest(float[] a, float[] b) => a.Zip(b, (x, y) => MathF.Abs(x - y)).Max();

    public static void ShouldAgreeWith(this float[] ours, float[] theirs)
    {
        ours.Length.ShouldBe(theirs.Length);
        ours.ShouldAllBe(x => float.IsFinite(x));
        Furthest(ours, theirs).ShouldBeLessThan(1e-3f);
    }
}
