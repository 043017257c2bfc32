// `node check-health.js PORT`: the HEALTHCHECK of the images, which have no curl. What it prints stands in `docker inspect`.
const answer = await fetch(`http://127.0.0.1:${process.argv[2]}/health/ready`);
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
