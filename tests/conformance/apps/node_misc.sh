# A Node.js program: http, file promises, workers, children, file watching.
. "$(dirname "$0")/lib.sh"
cat >a.js <<'E'
const http=require('http'),fs=require('fs'),cp=require('child_process'),{Worker}=require('worker_threads'),assert=require('assert');
(async()=>{const s=http.createServer((q,r)=>r.end('hi '+q.url)).listen(0,'127.0.0.1');await new Promise(r=>s.on('listening',r));
const rs=await Promise.all([...Array(50).keys()].map(i=>fetch(`http://127.0.0.1:${s.address().port}/${i}`).then(r=>r.text())));assert.equal(rs[49],'hi /49');s.close();
await Promise.all([...Array(50).keys()].map(i=>fs.promises.writeFile('f'+i,'x'.repeat(i))));assert.equal((await fs.promises.stat('f49')).size,49);
const w=await new Promise(r=>new Worker('require("worker_threads").parentPort.postMessage(6*7)',{eval:true}).on('message',r));assert.equal(w,42);
const o=cp.execSync('cat | tr a-z A-Z',{input:'abc'});assert.equal(String(o),'ABC');
const c=cp.spawn('sh',['-c','kill -TERM $$']);const [code,sig]=await new Promise(r=>c.on('exit',(a,b)=>r([a,b])));assert.equal(sig,'SIGTERM');
const f=cp.fork('b.js');const m=await new Promise(r=>f.on('message',r));assert.equal(m.p,process.pid);f.disconnect();
const wt=fs.watch('.');const e=new Promise(r=>wt.on('change',r));fs.writeFileSync('zz','1');await e;wt.close();console.log('ALLOK');})();
E
echo 'process.send({p:process.ppid});process.on("disconnect",()=>process.exit(0))' >b.js
node a.js | grep -q ALLOK
node -e 'process.kill(process.pid,"SIGKILL")' || test $? = 137
