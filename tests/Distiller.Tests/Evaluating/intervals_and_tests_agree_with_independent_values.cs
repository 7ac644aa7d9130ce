using Distiller.Evaluation.Statistics;
using MathNet.Numerics.Distributions;

namespace Distiller.Tests.Evaluating;

/// <summary>Reference values by SciPy 1.10 (2,000,000 resamples where it draws); exact ones by full enumeration.</summary>
public sealed class intervals_and_tests_agree_with_independent_values
{
    [TestCase(-8, 6.22096057427174e-16)]
    [TestCase(-3.5, 0.00023262907903552502)]
    [TestCase(-1.96, 0.024997895148220435)]
    [TestCase(-0.3, 0.3820885778110474)]
    [TestCase(0.7, 0.758036347776927)]
    [TestCase(2.99, 0.9986051127645078)]
    [TestCase(3.01, 0.9986937615512306)]
    [TestCase(5, 0.9999997133484281)]
    public void the_normal_distribution(double x, double expected)
    {
        Normal.CDF(0, 1, x).ShouldBe(expected, 1e-13 * expected);
        if (x < 3)
        {
            Normal.InvCDF(0, 1, expected).ShouldBe(x, 1e-11);
        }
    }

    [TestCase(1e-12, -7.034483825301131)]
    [TestCase(0.001, -3.090232306167813)]
    [TestCase(0.025, -1.9599639845400545)]
    [TestCase(0.3, -0.5244005127080409)]
    [TestCase(0.5, 0)]
    [TestCase(0.9, 1.2815515655446004)]
    [TestCase(0.975, 1.959963984540054)]
    public void its_quantiles(double p, double expected) => Normal.InvCDF(0, 1, p).ShouldBe(expected, 1e-13);

    [TestCase(5, 15, 0.04138946533203125)]
    [TestCase(15, 5, 0.04138946533203125)]
    [TestCase(0, 6, 0.03125)]
    [TestCase(1, 9, 0.021484375)]
    [TestCase(10, 10, 1)]
    [TestCase(3, 4, 1)]
    [TestCase(0, 0, 1)]
    [TestCase(120, 180, 0.0006342200069283597)]
    [TestCase(1500, 1700, 0.0004333403593997444)]
    public void the_exact_test_of_mcnemar(int onlyFirst, int onlySecond, double expected) =>
        McNemar.ExactP(onlyFirst, onlySecond).ShouldBe(expected, 1e-11 * expected);

    [Test]
    public void the_interval_of_a_ratio_of_sums()
    {
        double[] nats = [12.1, 30.5, 8.2, 44.9, 15.0, 21.7, 9.9, 60.3, 18.4, 25.5, 7.7, 33.3];
        double[] tokens = [10, 22, 9, 30, 14, 15, 11, 35, 16, 20, 6, 24];
        var estimate = BcaBootstrap.RatioOfSums(
            [.. nats.Zip(tokens, (n, t) => new ClusterSum(n, t))],
            new BootstrapOptions(200_000, 3)
        );

        estimate.Value.ShouldBe(1.3561320754716981, 1e-12);
        estimate.Interval!.Value.Low.ShouldBe(1.2255813953488373, 0.003);
        estimate.Interval!.Value.High.ShouldBe(1.5253846153846156, 0.003);
    }

    [Test]
    public void the_interval_of_a_skewed_mean_is_shifted_as_its_skewness_asks()
    {
        double[] values = [0.1, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 2.0, 4.5, 9.0];
        var estimate = BcaBootstrap.RatioOfSums(
            [.. values.Select(v => new ClusterSum(v, 1))],
            new BootstrapOptions(500_000, 3)
        );

        // A plain percentile interval would be about 0.54 to 3.6.
        estimate.Value.ShouldBe(1.87, 1e-12);
        estimate.Interval!.Value.Low.ShouldBe(0.71, 0.011);
        estimate.Interval!.Value.High.ShouldBe(4.61, 0.05);
    }

    [Test]
    public void six_clusters_agree_with_all_46656_resamples()
    {
        double[] values = [1, 2, 4, 7, 11, 20];
        var estimate = BcaBootstrap.RatioOfSums(
            [.. values.Select(v => new ClusterSum(v, 1))],
            new BootstrapOptions(100_000, 11)
        );

        // The figure moves in steps of a sixth here.
        estimate.Interval!.Value.Low.ShouldBe(3.5, 0.17);
        estimate.Interval!.Value.High.ShouldBe(14.3333, 0.17);
    }

    [Test]
    public void the_same_seed_gives_the_same_interval_and_another_seed_another()
    {
        ClusterSum[] clusters = [new(1.25, 1), new(7.5, 3), new(2.125, 2), new(9.75, 3), new(0.5, 1)];

        BcaBootstrap
            .RatioOfSums(clusters, new BootstrapOptions(500, 1))
            .ShouldBe(BcaBootstrap.RatioOfSums(clusters, new BootstrapOptions(500, 1)));
        BcaBootstrap
            .RatioOfSums(clusters, new BootstrapOptions(500, 2))
            .ShouldNotBe(BcaBootstrap.RatioOfSums(clusters, new BootstrapOptions(500, 1)));
    }

    [Test]
    public void one_cluster_has_no_interval_and_equal_clusters_have_one_of_no_width()
    {
        BcaBootstrap.RatioOfSums([new(6, 2)], new BootstrapOptions()).ShouldBe(new Estimate(3, null));
        BcaBootstrap
            .RatioOfSums([new(6, 2), new(6, 2), new(6, 2)], new BootstrapOptions(1000))
            .Interval.ShouldBe(new Interval(3, 3));
    }

    [Test]
    public void two_arms_that_differ_on_every_cluster_keep_their_interval_off_zero()
    {
        var estimate = BcaBootstrap.RatioOfSums(
            [.. Enumerable.Range(1, 9).Select(i => new ClusterSum(-i, 10))],
            new BootstrapOptions(2000)
        );

        estimate.Excludes(0).ShouldBeTrue();
        estimate.Value.ShouldBe(-0.5);
    }

    [Test]
    public void a_cluster_without_anything_to_divide_by_is_refused() =>
        Should.Throw<ArgumentException>(() => BcaBootstrap.RatioOfSums([new(1, 0), new(2, 1)], new BootstrapOptions()));
}
